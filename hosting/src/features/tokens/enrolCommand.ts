/**
 * What to paste on a box. The token goes through standard input: a program's arguments are readable by everybody on the
 * box. Plain http is for laboratories, and the box wants to hear that it is meant.
 */
export function enrolCommand(origin: string, tenantId: string, token?: string): string {
  const options = [
    `--url ${origin}`,
    `--tenant ${tenantId}`,
    ...(origin.startsWith("http:") ? ["--allow-http"] : []),
    ...(token ? ["--token-file -"] : []),
  ];
  return [
    `curl -fsSL ${origin}/enrol.sh -o enrol.sh &&`,
    `${token ? `printf %s '${token}' | ` : ""}sudo sh enrol.sh \\`,
    ...options.map((option, i) => `  ${option}${i < options.length - 1 ? " \\" : ""}`),
  ].join("\n");
}

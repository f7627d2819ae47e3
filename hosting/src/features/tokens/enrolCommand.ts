/**
 * What to paste on a box. The token goes through standard input: a program's arguments are readable by everybody on the
 * box. Plain http is for laboratories, and the box wants to hear that it is meant.
 */
export function enrolCommand(origin: string, tenantId: string, token?: string): string {
  const plain = origin.startsWith("http:") ? " --allow-http" : "";
  const where = `--url ${origin} --tenant ${tenantId}${plain}`;
  const run = token
    ? `printf %s '${token}' | sudo sh enrol.sh ${where} --token-file -`
    : `sudo sh enrol.sh ${where}`;
  return `curl -fsSL ${origin}/enrol.sh -o enrol.sh && ${run}`;
}

export interface RouterSetup {
  login: string;
  secret: string;
  /** Host name or address of the plain-HTTP edge; "" while nobody has said. */
  edge: string;
  /** The tenant's integer alias; undefined: it has none, and the router's default does no harm. */
  tenantNumber: number | undefined;
}

/** Where the daemon's edge listens unless it is told otherwise. */
const PORT = 5000;
const UNKNOWN = "ADDRESS-OF-THE-EDGE";

/** `edge.example:5050` in its parts; no port means the usual one. */
function edgeParts(edge: string): { host: string; port: number } {
  const [host = "", port] = edge.trim().split(":");
  return { host: host || UNKNOWN, port: Number(port) || PORT };
}

/** What the router's client takes as its host: osmo-remsim-client knows no other way to carry a credential. */
export function ionmeshHost({ login, secret, edge }: Pick<RouterSetup, "login" | "secret" | "edge">): string {
  return `${login}:${secret}@${edgeParts(edge).host}`;
}

/** The line for a client that is started by hand. */
export const environmentLine = (setup: RouterSetup): string => `IONMESH_HOST=${ionmeshHost(setup)}`;

/** Commands for an OpenWrt router with the osmo-remsim-client package. */
export function uciCommands(setup: RouterSetup): string {
  const options: [string, string][] = [
    ["service.enabled", "1"],
    ["ionmesh.enabled", "1"],
    ["ionmesh.host", ionmeshHost(setup)],
    ["ionmesh.port", String(edgeParts(setup.edge).port)],
    ...(setup.tenantNumber === undefined
      ? []
      : [["ionmesh.tenant_id", String(setup.tenantNumber)] as [string, string]]),
    ["ionmesh.mapping_mode", "ONE_TO_ONE_SWSIM"],
  ];
  const sets = options.map(([name, value]) => `uci set remsim.${name}='${value}'`);
  return [...sets, "uci commit remsim", "/etc/init.d/remsim restart"].join("\n");
}

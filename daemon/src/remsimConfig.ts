import { ConfigError } from "./configError.ts";
import { type Listen, listenAt } from "./listenAt.ts";

/** Files in PEM: our certificate and its key, and the authority of the clients'. */
export interface TlsFiles {
  cert: string;
  key: string;
  ca: string;
}

export interface RemsimConfig {
  /** Origin of the cloud's functions; absent: no edge is served. */
  cloudUrl: string | undefined;
  listen: Listen[];
  tls: TlsFiles | undefined;
  /** Name to advertise on the LAN; absent: not advertised. */
  mdnsName: string | undefined;
}

const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];
/** Hosting's emulator has the production port. */
const PORT = 5000;
const PORT_BESIDE_EMULATORS = 5050;
const TLS_FILES = ["remsim-cert", "remsim-key", "remsim-ca"] as const;

type Option = "cloud-url" | "remsim-listen" | "remsim-listen-tls" | (typeof TLS_FILES)[number] | "remsim-mdns";

interface Options {
  text(name: Option): string | undefined;
  list(name: Option): string[];
}

/** The part of remote SIM. Without `--cloud-url` no edge is served, which is a fault only when a listener is asked for. */
export function remsimConfig({ text, list }: Options, env: NodeJS.ProcessEnv): RemsimConfig {
  const cloudUrl = cloudUrlOf(text("cloud-url") ?? (env.WISPTOOLS_URL || undefined));
  const chosen = [
    ...list("remsim-listen").map((at) => listenAt(at, false, "remsim-listen")),
    ...list("remsim-listen-tls").map((at) => listenAt(at, true, "remsim-listen-tls")),
  ];
  if (chosen.length > 0 && cloudUrl === undefined) {
    throw new ConfigError("--cloud-url is needed with --remsim-listen: routers' requests go there");
  }
  const port = env.FIRESTORE_EMULATOR_HOST ? PORT_BESIDE_EMULATORS : PORT;
  const listen = chosen.length > 0 ? chosen : [{ host: "127.0.0.1", port, tls: false }];
  const mdnsName = text("remsim-mdns");
  if (mdnsName !== undefined && (mdnsName === "" || Buffer.byteLength(mdnsName) > 63)) {
    throw new ConfigError("--remsim-mdns: an instance's name has 1 to 63 bytes (RFC 6763 4.1.1)");
  }
  return { cloudUrl, listen, tls: tlsFiles(text, listen), mdnsName };
}

/** Routers' secrets go there: never in clear over a network. */
function cloudUrlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.includes(url.hostname));
  if (!isSafe) throw new ConfigError(`--cloud-url: "${text}" is not an https URL (http on localhost alone)`);
  return text;
}

function tlsFiles(text: Options["text"], listen: readonly Listen[]): TlsFiles | undefined {
  const [cert, key, ca] = TLS_FILES.map(text);
  if (cert !== undefined && key !== undefined && ca !== undefined) return { cert, key, ca };
  const missing = TLS_FILES.find((name) => text(name) === undefined);
  if (listen.some(({ tls }) => tls)) throw new ConfigError(`--${missing} is needed with --remsim-listen-tls`);
  return undefined;
}

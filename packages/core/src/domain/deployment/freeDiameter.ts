import type { EpcId } from "../ids.ts";
import { type ConfigFile, type DeploymentInput, MARKS } from "./input.ts";
import { LOOPBACK } from "./loopback.ts";
import { freeDiameterQuote } from "./quote.ts";

/** Open5GS's own dictionary extensions. dict_s6a is not among them: the daemon brings that dictionary itself. */
const EXTENSIONS = ["dict_rfc5777", "dict_mip6i", "dict_nasreq", "dict_nas_mipv6", "dict_dcca", "dict_dcca_3gpp"];
/** Diameter without TLS (RFC 6733 2.1). */
const LOCAL_PORT = 3868;
const CERTIFICATES = "/etc/wisptools/diameter";

type Role = "mme" | "smf" | "pcrf";

/** The Diameter identity (RFC 6733 4.3.1) of an EPC's MME or SMF, or of a site's own PCRF. */
export function diameterIdentity(role: Role, epcId: EpcId, realm: string): string {
  return `${role}.${epcId.replace("_", "-")}.${realm}`;
}

interface Peer {
  identity: string;
  host: string;
  port: number;
  tls: boolean;
}

/** Who the MME (S6a) and the SMF (Gx) speak to. */
export function diameterPeers({ diameter, epcId, policy }: DeploymentInput): Record<"mme" | "smf", Peer> {
  const { tls } = diameter;
  const identity = diameterIdentity("pcrf", epcId, diameter.realm);
  return {
    mme: { identity: diameter.hssIdentity, host: diameter.hssHost, port: diameter.hssPort, tls },
    smf: policy
      ? { identity, host: LOOPBACK.pcrf, port: LOCAL_PORT, tls: false }
      : { identity: diameter.pcrfIdentity, host: diameter.pcrfHost, port: diameter.pcrfPort, tls },
  };
}

/**
 * freeDiameter's configuration of MME and SMF, and of the site's own PCRF if it has one. Without its certificate an EPC of a
 * TLS tenant gets files without peer for what calls the cloud: the daemons start, and nothing ever goes out unprotected. (With
 * another certificate freeDiameter would refuse to start, as it holds the certificate's name against its own identity.)
 */
export function freeDiameterFiles(input: DeploymentInput): ConfigFile[] {
  return [caller(input, "mme"), caller(input, "smf"), ...(input.policy ? [localPcrf(input)] : [])];
}

function caller(input: DeploymentInput, role: "mme" | "smf"): ConfigFile {
  const path = `/etc/freeDiameter/${role}.conf`;
  const to = diameterPeers(input)[role];
  const head = `${node(input, role, CALLS_ONLY)}${role === "smf" && input.policy ? LOCAL_PCRF : ""}`;
  const peer = connection(to);
  if (!to.tls) return { path, service: role, text: `${head}${peer}` };
  return {
    path,
    service: role,
    text: `${head}${TLS}${peer}`,
    textWithoutCertificate: `${head}# The peer follows when ${CERTIFICATES}/ holds this EPC's certificate.\n`,
  };
}

/** The deployment script runs a PCRF where the SMF's configuration has this line, and nowhere else (scripts/device/daemons.sh). */
const LOCAL_PCRF = "# The PCRF is on this box.\n";

/** The SMF calls it, but freeDiameter takes nobody in whom it does not call itself as well: on the discard port (RFC 863), where nobody listens. */
function localPcrf(input: DeploymentInput): ConfigFile {
  const listens = `Port = ${LOCAL_PORT};\nSecPort = 0;\nListenOn = "${LOOPBACK.pcrf}";\n`;
  const smf = freeDiameterQuote(diameterIdentity("smf", input.epcId, input.diameter.realm));
  return {
    path: "/etc/freeDiameter/pcrf.conf",
    service: "pcrf",
    text: `${node(input, "pcrf", listens)}ConnectPeer = ${smf} { ConnectTo = "${LOOPBACK.smf}"; Port = 9; No_TLS; };\n`,
  };
}

/** freeDiameter checks its own certificate as well, and takes several certificates in one file for a chain: a file for each authority. */
const TLS = `TLS_Cred = "${CERTIFICATES}/epc.crt", "${CERTIFICATES}/epc.key";
TLS_CA = "${CERTIFICATES}/ca.crt";
TLS_CA = "${CERTIFICATES}/peer-ca.crt";
`;

/** Nothing listens, so that no certificate is needed for that; ListenOn remains as what it tells its peer (Host-IP-Address). */
const CALLS_ONLY = `Port = 0;
SecPort = 0;
ListenOn = "${MARKS.s1Address}";
`;

function node(input: DeploymentInput, role: Role, listens: string): string {
  const extensions = EXTENSIONS.map((name) => `LoadExtension = "${MARKS.extensions}/${name}.fdx";\n`);
  return `# Written by wisptools; changes are overwritten.
Identity = ${freeDiameterQuote(diameterIdentity(role, input.epcId, input.diameter.realm))};
Realm = ${freeDiameterQuote(input.diameter.realm)};
${listens}No_SCTP;
NoRelay;
TcTimer = 10;
${extensions.join("")}`;
}

/**
 * ConnectPeer carries the peer's real identity, as freeDiameter drops a peer whose CEA names another. freeDiameter looks that
 * name up at each attempt; where the peer is reached by another name, ConnectTo has the address that the box found for it:
 * with a name there, freeDiameter does not even start while it can't look it up.
 */
function connection({ identity, host, port, tls }: Peer): string {
  const connectTo = host === identity ? "" : `ConnectTo = "${MARKS.peerAddress}"; `;
  return `ConnectPeer = ${freeDiameterQuote(identity)} { ${connectTo}Port = ${port}; ${tls ? "" : "No_TLS; "}};\n`;
}

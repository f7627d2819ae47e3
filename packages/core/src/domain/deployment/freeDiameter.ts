import type { EpcId } from "../ids.ts";
import { type ConfigFile, type DeploymentInput, MARKS } from "./input.ts";
import { freeDiameterQuote } from "./quote.ts";

/** Open5GS's own dictionary extensions. dict_s6a is not among them: the daemon brings that dictionary itself. */
const EXTENSIONS = ["dict_rfc5777", "dict_mip6i", "dict_nasreq", "dict_nas_mipv6", "dict_dcca", "dict_dcca_3gpp"];
const CERTIFICATES = "/etc/wisptools/diameter";

/** The Diameter identity (RFC 6733 4.3.1) of an EPC's MME or SMF. */
export function diameterIdentity(role: "mme" | "smf", epcId: EpcId, realm: string): string {
  return `${role}.${epcId.replace("_", "-")}.${realm}`;
}

interface Peer {
  identity: string;
  host: string;
  port: number;
}

/** Who the MME (S6a) and the SMF (Gx) speak to. */
export function diameterPeers({ diameter }: DeploymentInput): Record<"mme" | "smf", Peer> {
  return {
    mme: { identity: diameter.hssIdentity, host: diameter.hssHost, port: diameter.hssPort },
    smf: { identity: diameter.pcrfIdentity, host: diameter.pcrfHost, port: diameter.pcrfPort },
  };
}

/**
 * freeDiameter's configuration of MME and SMF. Without its certificate an EPC of a TLS tenant gets a file without peer: the
 * daemons start, and nothing ever goes out unprotected. (With another certificate freeDiameter would refuse to start, as it
 * holds the certificate's name against its own identity.)
 */
export function freeDiameterFiles(input: DeploymentInput): ConfigFile[] {
  return (["mme", "smf"] as const).map((role) => {
    const path = `/etc/freeDiameter/${role}.conf`;
    const peer = connection(diameterPeers(input)[role], input.diameter.tls);
    if (!input.diameter.tls) return { path, service: role, text: `${node(input, role)}${peer}` };
    return {
      path,
      service: role,
      text: `${node(input, role)}${TLS}${peer}`,
      textWithoutCertificate: `${node(input, role)}# The peer follows when ${CERTIFICATES}/ holds this EPC's certificate.\n`,
    };
  });
}

/** freeDiameter checks its own certificate as well, and takes several certificates in one file for a chain: a file for each authority. */
const TLS = `TLS_Cred = "${CERTIFICATES}/epc.crt", "${CERTIFICATES}/epc.key";
TLS_CA = "${CERTIFICATES}/ca.crt";
TLS_CA = "${CERTIFICATES}/peer-ca.crt";
`;

/** It only calls: nothing listens, so that no certificate is needed for that; ListenOn remains as what it tells its peer (Host-IP-Address). */
function node(input: DeploymentInput, role: "mme" | "smf"): string {
  const extensions = EXTENSIONS.map((name) => `LoadExtension = "${MARKS.extensions}/${name}.fdx";\n`);
  return `# Written by wisptools; changes are overwritten.
Identity = ${freeDiameterQuote(diameterIdentity(role, input.epcId, input.diameter.realm))};
Realm = ${freeDiameterQuote(input.diameter.realm)};
Port = 0;
SecPort = 0;
ListenOn = "${MARKS.s1Address}";
No_SCTP;
NoRelay;
TcTimer = 10;
${extensions.join("")}`;
}

/**
 * ConnectPeer carries the peer's real identity, as freeDiameter drops a peer whose CEA names another. freeDiameter looks that
 * name up at each attempt; where the peer is reached by another name, ConnectTo has the address that the box found for it:
 * with a name there, freeDiameter does not even start while it can't look it up.
 */
function connection({ identity, host, port }: Peer, tls: boolean): string {
  const connectTo = host === identity ? "" : `ConnectTo = "${MARKS.peerAddress}"; `;
  return `ConnectPeer = ${freeDiameterQuote(identity)} { ${connectTo}Port = ${port}; ${tls ? "" : "No_TLS; "}};\n`;
}

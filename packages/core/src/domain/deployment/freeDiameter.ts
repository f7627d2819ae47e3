import type { EpcId } from "../ids.ts";
import type { ConfigFile, DeploymentInput } from "./input.ts";
import { freeDiameterQuote } from "./quote.ts";

/** Open5GS's own dictionary extensions. dict_s6a is not among them: the daemon brings that dictionary itself. */
const EXTENSIONS = ["dict_rfc5777", "dict_mip6i", "dict_nasreq", "dict_nas_mipv6", "dict_dcca", "dict_dcca_3gpp"];

/** The Diameter identity (RFC 6733 4.3.1) of an EPC's MME or SMF. */
export function diameterIdentity(role: "mme" | "smf", epcId: EpcId, realm: string): string {
  return `${role}.${epcId.replace("_", "-")}.${realm}`;
}

/** freeDiameter's configuration of MME (S6a) and SMF (Gx). */
export function freeDiameterFiles(input: DeploymentInput): ConfigFile[] {
  const { diameter } = input;
  return [
    peer(input, "mme", "127.0.0.2", diameter.hssIdentity, diameter.hssHost, diameter.hssPort),
    peer(input, "smf", "127.0.0.4", diameter.pcrfIdentity, diameter.pcrfHost, diameter.pcrfPort),
  ];
}

/**
 * ConnectPeer carries the peer's real identity, as freeDiameter drops a peer whose CEA names another; ConnectTo says
 * where it is when that is not what its name resolves to.
 */
function peer(
  input: DeploymentInput,
  role: "mme" | "smf",
  listenOn: string,
  identity: string,
  host: string,
  port: number,
): ConfigFile {
  const { realm, tls } = input.diameter;
  const connectTo = host === identity ? "" : `ConnectTo = ${freeDiameterQuote(host)}; `;
  const text = `# Written by wisptools; changes are overwritten.
Identity = ${freeDiameterQuote(diameterIdentity(role, input.epcId, realm))};
Realm = ${freeDiameterQuote(realm)};
ListenOn = "${listenOn}";
TLS_Cred = "/etc/wisptools/diameter/epc.crt", "/etc/wisptools/diameter/epc.key";
TLS_CA = "/etc/wisptools/diameter/ca.crt";
NoRelay;
${EXTENSIONS.map((name) => `LoadExtension = "${name}.fdx";\n`).join("")}ConnectPeer = ${freeDiameterQuote(identity)} { ${connectTo}Port = ${port}; ${tls ? "" : "No_TLS; "}};
`;
  return { path: `/etc/freeDiameter/${role}.conf`, service: role, text };
}

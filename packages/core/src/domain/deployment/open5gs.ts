import { type ConfigFile, type DeploymentInput, MARKS } from "./input.ts";
import { gatewayOf } from "./ipv4.ts";
import { LOOPBACK } from "./loopback.ts";
import { pcrfPolicy } from "./pcrfPolicy.ts";
import { yamlQuote } from "./quote.ts";

/** The SMF refuses to start without any. */
const DNS = ["1.1.1.1", "8.8.8.8"];
/** Prometheus endpoints that the agent reads. */
const METRICS_PORT = 9090;

/** Open5GS's configuration (schema of 2.7: `server`/`client` lists with `address`), one file a daemon. */
export function open5gsFiles(input: DeploymentInput): ConfigFile[] {
  const file = (service: ConfigFile["service"], body: string): ConfigFile => ({
    path: `/etc/open5gs/${service}.yaml`,
    service,
    text: `${head(service)}${body}`,
  });
  return [
    file("mme", mme(input)),
    file("sgwc", sgwc()),
    file("sgwu", sgwu()),
    file("smf", smf(input)),
    file("upf", upf(input)),
    ...(input.policy
      ? [{ path: "/etc/open5gs/pcrf.yaml", service: "pcrf" as const, text: pcrfPolicy(input.policy) }]
      : []),
  ];
}

function head(service: string): string {
  return `# Written by wisptools; changes are overwritten.
logger:
  file:
    path: /var/log/open5gs/${service}.log
global:
  max:
    ue: 1024
`;
}

function mme(input: DeploymentInput): string {
  const plmn = `plmn_id:
        mcc: ${yamlQuote(input.plmn.mcc)}
        mnc: ${yamlQuote(input.plmn.mnc)}`;
  return `mme:
  freeDiameter: /etc/freeDiameter/mme.conf
  s1ap:
    server:
      - address: ${MARKS.s1Address}
  gtpc:
    server:
      - address: ${LOOPBACK.mme}
    client:
      sgwc:
        - address: ${LOOPBACK.sgwc}
      smf:
        - address: ${LOOPBACK.smf}
  metrics:
    server:
      - address: ${LOOPBACK.mme}
        port: ${METRICS_PORT}
  gummei:
    - ${plmn}
      mme_gid: 2
      mme_code: 1
  tai:
    - ${plmn}
      tac: ${input.tac}
  security:
    integrity_order: [EIA2, EIA1, EIA0]
    ciphering_order: [EEA0, EEA1, EEA2]
  network_name:
    full: ${yamlQuote(networkName(input.siteName))}
  mme_name: ${yamlQuote(input.epcId.replace("_", "-"))}
`;
}

/** What phones may show. The MME sends its bytes as UCS-2 (TS 24.008 10.5.3.5a), so that only ASCII arrives as meant, and has room for 126. */
function networkName(siteName: string): string {
  return siteName.replace(/[^ -~]+/gu, " ").slice(0, 32);
}

function sgwc(): string {
  return `sgwc:
  gtpc:
    server:
      - address: ${LOOPBACK.sgwc}
  pfcp:
    server:
      - address: ${LOOPBACK.sgwc}
    client:
      sgwu:
        - address: ${LOOPBACK.sgwu}
`;
}

function sgwu(): string {
  return `sgwu:
  pfcp:
    server:
      - address: ${LOOPBACK.sgwu}
    client:
  gtpu:
    server:
      - address: ${MARKS.s1Address}
`;
}

function sessions(input: DeploymentInput, device: boolean): string {
  return input.apns
    .map(
      (apn) => `    - subnet: ${yamlQuote(apn.uePool)}
      gateway: ${yamlQuote(gatewayOf(apn.uePool).replace(/\/.*/, ""))}
      dnn: ${yamlQuote(apn.name)}
${device ? "      dev: ogstun\n" : ""}`,
    )
    .join("");
}

/** Without `sbi`, which only 5G needs: with it the SMF would look for an NRF for ever. */
function smf(input: DeploymentInput): string {
  const dns = input.dns.length > 0 ? input.dns : DNS;
  return `smf:
  pfcp:
    server:
      - address: ${LOOPBACK.smf}
    client:
      upf:
        - address: ${LOOPBACK.upf}
  gtpc:
    server:
      - address: ${LOOPBACK.smf}
  gtpu:
    server:
      - address: ${LOOPBACK.smf}
  metrics:
    server:
      - address: ${LOOPBACK.smf}
        port: ${METRICS_PORT}
  session:
${sessions(input, false)}  dns:
${dns.map((address) => `    - ${yamlQuote(address)}\n`).join("")}  mtu: 1400
  freeDiameter: /etc/freeDiameter/smf.conf
`;
}

function upf(input: DeploymentInput): string {
  return `upf:
  pfcp:
    server:
      - address: ${LOOPBACK.upf}
    client:
  gtpu:
    server:
      - address: ${LOOPBACK.upf}
  session:
${sessions(input, true)}  metrics:
    server:
      - address: ${LOOPBACK.upf}
        port: ${METRICS_PORT}
`;
}

import { type ConfigFile, type DeploymentInput, MARKS } from "./input.ts";
import { gatewayOf } from "./ipv4.ts";
import { yamlQuote } from "./quote.ts";

/** Loopback addresses of the daemons among themselves, as Open5GS ships them. */
const MME = "127.0.0.2";
const SGWC = "127.0.0.3";
const SMF = "127.0.0.4";
const SGWU = "127.0.0.6";
const UPF = "127.0.0.7";
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
      - address: ${MME}
    client:
      sgwc:
        - address: ${SGWC}
      smf:
        - address: ${SMF}
  metrics:
    server:
      - address: ${MME}
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
      - address: ${SGWC}
  pfcp:
    server:
      - address: ${SGWC}
    client:
      sgwu:
        - address: ${SGWU}
`;
}

function sgwu(): string {
  return `sgwu:
  pfcp:
    server:
      - address: ${SGWU}
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
      - address: ${SMF}
    client:
      upf:
        - address: ${UPF}
  gtpc:
    server:
      - address: ${SMF}
  gtpu:
    server:
      - address: ${SMF}
  metrics:
    server:
      - address: ${SMF}
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
      - address: ${UPF}
    client:
  gtpu:
    server:
      - address: ${UPF}
  session:
${sessions(input, true)}  metrics:
    server:
      - address: ${UPF}
        port: ${METRICS_PORT}
`;
}

import { KEYRING_PATH, sourcesEntry } from "../apt/sources.ts";
import { OWN_REPOSITORY } from "../epcSettings.ts";
import { diameterIdentity, diameterPeers, freeDiameterFiles } from "./freeDiameter.ts";
import { type ConfigFile, type DeploymentInput, MARKS } from "./input.ts";
import { gatewayOf } from "./ipv4.ts";
import { open5gsFiles } from "./open5gs.ts";
import { delimiterFor, restOfLine, shellQuote } from "./quote.ts";

/** Of scripts/device, what the steps stand on until wisptools-agent is installed, which brings the rest. */
const CARRIED = ["lib.sh", "hardware.sh", "surroundings.sh", "daemons.sh", "packages.sh", "repository.sh"];
/** Stands for the cloud's address while the entry of sources.list.d is made. */
const NOWHERE = "https://origin.invalid";

/**
 * The deployment script of one EPC: values, files as here-documents, then the constant steps of
 * scripts/device/deploy.sh, whose last line calls main, so that half a script does nothing. The same input gives the
 * same bytes. Holds no secret.
 */
export function deploymentScript(input: DeploymentInput): string {
  const configs = [...open5gsFiles(input), ...freeDiameterFiles(input)];
  const payloads = [
    ...CARRIED.map((name) => [name, deviceFile(input, name)] as const),
    ...configs.map(({ path, text }) => [path, text] as const),
    ...configs.flatMap(({ path, textWithoutCertificate: text }) => (text ? [[`waiting${path}`, text] as const] : [])),
    ...otherFiles(input),
  ];
  return [
    "#!/bin/sh",
    "# shellcheck disable=SC1003,SC1112,SC2016 # values are data, whatever they look like",
    `# Deploys EPC ${input.epcId} of ${input.tenantId}: script ${input.scriptVersion}, configuration ${input.configVersion}.`,
    "# Made by wisptools for this box alone; safe to run again.",
    "set -eu",
    ...Object.entries(values(input, configs)).map(([name, value]) => `${name}=${shellQuote(value)}`),
    payloadFunction(payloads),
    withoutShebang(deviceFile(input, "deploy.sh")),
  ].join("\n");
}

function deviceFile({ deviceFiles }: DeploymentInput, name: string): string {
  const text = deviceFiles[name];
  if (text === undefined) throw new Error(`scripts/device/${name} is not among the device files`);
  return text;
}

/** Every value the steps use. */
function values(input: DeploymentInput, configs: readonly ConfigFile[]): Record<string, string> {
  const peers = diameterPeers(input);
  return {
    EPC_SITE: restOfLine(input.siteName),
    EPC_PLMN: `${input.plmn.mcc}/${input.plmn.mnc}`,
    EPC_TAC: String(input.tac),
    SCRIPT_VERSION: String(input.scriptVersion),
    S1_FIXED: input.s1apAddress ?? "",
    DIAMETER_TLS: input.diameter.tls ? "yes" : "no",
    MME_IDENTITY: restOfLine(diameterIdentity("mme", input.epcId, input.diameter.realm)),
    SMF_IDENTITY: restOfLine(diameterIdentity("smf", input.epcId, input.diameter.realm)),
    HSS_HOST: connectedHost(peers.mme),
    PCRF_HOST: connectedHost(peers.smf),
    LOCAL_PCRF: input.policy ? "yes" : "no",
    ALLOW_SHELL_WANTED: input.allowShell ? "1" : "0",
    CORE_KEYED: input.coreSource.signingKey ? "yes" : "no",
    CORE_SOURCE: input.coreSource.uri === OWN_REPOSITORY ? "wisptools" : "wisptools-open5gs",
    CONFIG_FILES: configs.map(({ service, path }) => `${service} ${path}`).join("\n"),
  };
}

/** The host whose address the box has to find; empty when freeDiameter finds it by the peer's identity. */
function connectedHost({ identity, host }: { identity: string; host: string }): string {
  return host === identity ? "" : restOfLine(host);
}

function otherFiles(input: DeploymentInput): [string, string][] {
  const pools = input.apns.map(({ uePool }) => uePool);
  return [
    ["/etc/apt/sources.list.d/wisptools.sources", repositorySource(input)],
    [KEYRING_PATH, input.repository.keyring],
    ["/etc/apt/sources.list.d/wisptools-open5gs.sources", aptSource(input)],
    ["/etc/apt/keyrings/wisptools-open5gs.asc", input.coreSource.signingKey ?? ""],
    [
      "/etc/wisptools/network.conf",
      `UE_POOLS=${restOfLine(pools.join(" "))}\nUE_GATEWAYS=${restOfLine(pools.map(gatewayOf).join(" "))}\nNAT=${input.nat ? 1 : 0}\n`,
    ],
    ["/etc/sysctl.d/60-wisptools.conf", "net.ipv4.ip_forward = 1\n"],
    ["/etc/systemd/network/99-open5gs.network", UNMANAGED],
    ["/etc/snmp/snmpd.conf.d/wisptools.conf", snmpd(input)],
  ];
}

/** Open5GS's packages have networkd give the tunnel an address of their own choice; wisptools-network does that. */
const UNMANAGED =
  "# Written by wisptools: wisptools-network.service looks after it.\n[Match]\nName=ogstun\n\n[Link]\nUnmanaged=yes\n";

/** The tenant's own repository. Only the box knows by which address it reaches the cloud. */
function repositorySource({ tenantId, repository: { channel } }: DeploymentInput): string {
  return sourcesEntry({ origin: NOWHERE, tenantId, channel }).replace(NOWHERE, MARKS.origin);
}

/** deb822 (sources.list(5)). Without a key only a repository on the box itself is trusted. */
function aptSource({ coreSource }: DeploymentInput): string {
  const flat = coreSource.suite.endsWith("/");
  return [
    "Types: deb",
    `URIs: ${restOfLine(coreSource.uri)}`,
    `Suites: ${restOfLine(coreSource.suite)}`,
    ...(flat ? [] : [`Components: ${restOfLine(coreSource.components.join(" "))}`]),
    ...(coreSource.signingKey ? ["Signed-By: /etc/apt/keyrings/wisptools-open5gs.asc"] : []),
    ...(!coreSource.signingKey && coreSource.uri.startsWith("file:") ? ["Trusted: yes"] : []),
    "",
  ].join("\n");
}

/** What wisptools-agent's own file cannot say, as it is this EPC's. */
function snmpd(input: DeploymentInput): string {
  return `sysLocation ${restOfLine(input.siteName)}\nsysName ${input.epcId}\n`;
}

function payloadFunction(payloads: readonly (readonly [string, string])[]): string {
  const cases = payloads.map(([name, text]) => {
    const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    const delimiter = delimiterFor(body);
    return `    ${shellQuote(name)})\n      cat <<'${delimiter}'\n${body}${delimiter}\n      ;;`;
  });
  return `payload() { # NAME: prints that file\n  case $1 in\n${cases.join("\n")}\n    *) return 1 ;;\n  esac\n}`;
}

function withoutShebang(script: string): string {
  return script.replace(/^#!.*\n/, "");
}

import type { ApnConfiguration } from "../subscription/profile.ts";
import type { Arp, BitRates, PccRule } from "../subscription/qos.ts";
import { LOOPBACK } from "./loopback.ts";
import { yamlQuote } from "./quote.ts";

/** One APN of the policy, for every subscriber of the site. */
export type PolicyApn = Pick<ApnConfiguration, "apn" | "pdnType" | "qci" | "arp" | "rates" | "rules">;

const METRICS_PORT = 9090;
/** pcrfd refuses to start on any other. */
const QCIS = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 65, 66, 67, 69, 70, 71, 72, 73, 74, 75, 76, 79, 80, 82, 83, 84, 85, 86,
]);
/** pcrfd aborts when it reads an eighth rule of an APN, or a fifteenth flow of a rule. */
const MOST_RULES = 7;
const MOST_FLOWS = 14;
/** pcrfd reads numbers with atoi(3). */
const MOST_VALUE = 2_147_483_647;
const PDN_TYPES = { ipv4: 1, ipv6: 2, ipv4v6: 3 } as const;
/** TS 29.212 5.3.65; pcrfd knows no "bidirectional". */
const DIRECTIONS = { downlink: [1], uplink: [2], bidirectional: [1, 2] } as const;

/**
 * pcrf.yaml of Open5GS 2.7 with a policy of its own and no MongoDB, for a site whose PCRF is local. The policy is there twice, as each version
 * warns of the other's key and goes on: `session` up to 2.7.2, `policy` by ranges of IMSIs from 2.7.5.
 * @throws RangeError naming the field, if pcrfd could not start with it.
 */
export function pcrfPolicy(apns: readonly PolicyApn[]): string {
  if (apns.length === 0) throw new RangeError("apns: at least one is needed");
  const sessions = apns.flatMap(session);
  return `# Written by wisptools; changes are overwritten.
logger:
  file:
    path: /var/log/open5gs/pcrf.log
global:
  max:
    ue: 1024
pcrf:
  freeDiameter: /etc/freeDiameter/pcrf.conf
  metrics:
    server:
      - address: ${LOOPBACK.pcrf}
        port: ${METRICS_PORT}
${lines(2, ["session:", ...indented(sessions)])}
${lines(2, ["policy:", "  - supi_range:", '      - "000000000000000-999999999999999"', "    session:"])}
${lines(6, sessions)}
`;
}

function session(apn: PolicyApn): string[] {
  const at = `apns.${apn.apn}`;
  if (apn.rules.length > MOST_RULES) {
    throw new RangeError(`${at}.rules: ${apn.rules.length} are more than ${MOST_RULES}, with which Open5GS starts`);
  }
  // Rules get their precedence by their order.
  const rules = [...apn.rules].sort((a, b) => a.precedence - b.precedence);
  return item([
    `name: ${yamlQuote(apn.apn)}`,
    `type: ${PDN_TYPES[apn.pdnType]}`,
    ...rates("ambr", apn.rates),
    ...qos(`${at}.qci`, apn.qci, apn.arp),
    ...(rules.length > 0 ? ["pcc_rule:", ...indented(rules.flatMap((rule) => pccRule(at, rule)))] : []),
  ]);
}

function pccRule(at: string, rule: PccRule): string[] {
  const flows = rule.flows.flatMap(({ direction, description }) =>
    DIRECTIONS[direction].map((each) => item([`direction: ${each}`, `description: ${yamlQuote(description)}`])),
  );
  if (flows.length > MOST_FLOWS) {
    const count = `${flows.length} (bidirectional ones count twice)`;
    throw new RangeError(
      `${at}.rules.${rule.name}.flows: ${count} are more than ${MOST_FLOWS}, with which Open5GS starts`,
    );
  }
  const most = rule.mbr ?? rule.gbr;
  return item([
    ...qos(`${at}.rules.${rule.name}.qci`, rule.qci, rule.arp),
    ...indented(most ? rates("mbr", most) : []),
    ...indented(rule.gbr ? rates("gbr", rule.gbr) : []),
    "flow:",
    ...indented(flows.flat()),
  ]);
}

function qos(at: string, qci: number, arp: Arp): string[] {
  if (!QCIS.has(qci)) throw new RangeError(`${at}: Open5GS does not start with ${qci}`);
  return [
    "qos:",
    `  index: ${qci}`,
    "  arp:",
    `    priority_level: ${arp.priorityLevel}`,
    `    pre_emption_capability: ${enabled(arp.preemptionCapability)}`,
    `    pre_emption_vulnerability: ${enabled(arp.preemptionVulnerability)}`,
  ];
}

function rates(name: string, { uplink, downlink }: BitRates): string[] {
  const rate = (bitsPerSecond: number): string[] =>
    bitsPerSecond <= MOST_VALUE
      ? [`    value: ${bitsPerSecond}`, "    unit: 0"]
      : [`    value: ${Math.floor(bitsPerSecond / 1000)}`, "    unit: 1"];
  return [`${name}:`, "  downlink:", ...rate(downlink), "  uplink:", ...rate(uplink)];
}

function enabled(yes: boolean): 1 | 2 {
  return yes ? 2 : 1;
}

/** An element of a sequence. */
function item([first = "", ...rest]: string[]): string[] {
  return [`- ${first}`, ...indented(rest)];
}

function indented(text: readonly string[]): string[] {
  return text.map((line) => `  ${line}`);
}

function lines(spaces: number, text: readonly string[]): string {
  return text.map((line) => " ".repeat(spaces) + line).join("\n");
}

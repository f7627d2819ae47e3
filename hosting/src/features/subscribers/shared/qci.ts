import { GBR_QCIS } from "@wisptools/core/domain/subscription/qos";

/** What the standardised QCIs are meant for (3GPP TS 23.203 table 6.1.7-A): priority, packet delay budget (ms), use. */
const MEANINGS: Record<number, readonly [priority: number, delayMs: number, use: string]> = {
  1: [2, 100, "calls"],
  2: [4, 150, "video calls, live video"],
  3: [3, 50, "real-time games, control"],
  4: [5, 300, "buffered video at a sure rate"],
  5: [1, 100, "IMS signalling"],
  6: [6, 300, "buffered video, web and mail of preferred users"],
  7: [7, 100, "voice, live video and games over the internet"],
  8: [8, 300, "buffered video, web and mail"],
  9: [9, 300, "web, mail and video of everybody"],
  65: [0.7, 75, "push to talk"],
  66: [2, 100, "group voice that isn't critical"],
  67: [1.5, 100, "mission-critical video"],
  69: [0.5, 60, "push-to-talk signalling"],
  70: [5.5, 200, "mission-critical data"],
  75: [2.5, 50, "vehicle messages at a sure rate"],
  79: [6.5, 50, "vehicle messages"],
  80: [6.8, 10, "low latency, augmented reality"],
};

export function qciMeaning(qci: number): string {
  const kind = GBR_QCIS.includes(qci) ? "guaranteed bit rate" : "no guaranteed rate";
  const known = MEANINGS[qci];
  if (!known) return qci >= 128 ? `an operator's own class; ${kind}` : kind;
  const [priority, delay, use] = known;
  return `${use}; priority ${priority}, ${delay} ms, ${kind}`;
}

/** Those of a default bearer, which has no guaranteed rate, and the whole table for rules. */
export const DEFAULT_BEARER_QCIS = [9, 8, 7, 6, 5, 69, 70, 79, 80];
export const RULE_QCIS = Object.keys(MEANINGS).map(Number);

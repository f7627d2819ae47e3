import type { EquipmentList } from "@wisptools/core";
import { avp } from "../diameter/codec/avpDefinition.ts";
import { DiameterError } from "../diameter/codec/diameterError.ts";
import type { Message } from "../diameter/codec/message.ts";
import { EXPERIMENTAL, RESULT } from "../diameter/dictionary/results.ts";
import { EquipmentStatus, Imei, TerminalInformation } from "../diameter/dictionary/s6a.ts";
import type { Answer } from "../diameter/peer/answer.ts";
import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { ServedSubscriber } from "../records.ts";
import type { HssDeps } from "./deps.ts";
import { sameEquipment, terminalOf } from "./imei.ts";
import { imsiIn } from "./imsi.ts";
import { reach } from "./reach.ts";
import { refusedAnswer } from "./refusal.ts";

/** Equipment-Status (TS 29.272 7.3.51). */
const STATUS: Record<EquipmentList, number> = { white: 0, black: 1, grey: 2 };

interface Verdict {
  /** Undefined: unknown, and unknown equipment is not let in. */
  readonly list: EquipmentList | undefined;
  readonly reason: string;
}

/**
 * ME-Identity-Check-Request (TS 29.272 6.2.1). The lists are those of the tenant whose MME asks. Equipment on no list has
 * the status that the tenant gives to unknown equipment; 5422 where that is black (6.2.1.1.3).
 */
export function answerEcr(deps: HssDeps, request: Message, peer: Peer<PeerContext>): Answer {
  const terminal = terminalOf(request);
  if (!terminal) {
    const failed = avp(TerminalInformation, [avp(Imei, "")]);
    throw new DiameterError(RESULT.MISSING_AVP, "IMEI is missing", failed);
  }
  const imsi = imsiIn(request);
  const subscriber = imsi === undefined ? undefined : reach(deps, imsi, peer)?.subscriber;
  const tenantId = tenantOf(deps, peer.context, subscriber);
  if (subscriber)
    deps.reporter.equipmentSeen(subscriber.tenantId, subscriber.imsi, terminal.imei, terminal.softwareVersion);
  const verdict = verdictOn(deps, tenantId, terminal.imei, subscriber);
  if (verdict.list !== "white") alert(deps, tenantId, terminal.imei, subscriber, peer, verdict);
  if (verdict.list === undefined) {
    return refusedAnswer({ experimental: EXPERIMENTAL.EQUIPMENT_UNKNOWN, reason: verdict.reason });
  }
  return { avps: [avp(EquipmentStatus, STATUS[verdict.list])] };
}

/** A peer that is merely trusted has no tenant of its own: the subscriber's is asked, else the only one there is. */
function tenantOf({ directory }: HssDeps, context: PeerContext, subscriber: ServedSubscriber | undefined): string {
  if (context.tenantId !== "") return context.tenantId;
  if (subscriber) return subscriber.tenantId;
  for (const { id } of directory.tenants()) return id;
  return "";
}

function verdictOn(deps: HssDeps, tenantId: string, imei: string, subscriber: ServedSubscriber | undefined): Verdict {
  const bound = subscriber?.profile?.imei;
  if (bound !== undefined && !sameEquipment(bound, imei)) {
    return { list: "black", reason: "the subscription is bound to other equipment" };
  }
  const list = deps.directory.equipment(tenantId, imei);
  if (list) return { list, reason: `it is on the ${list} list` };
  const unknown = deps.directory.tenant(tenantId)?.unknownEquipment ?? "white";
  return { list: unknown === "black" ? undefined : unknown, reason: "it is on no list" };
}

function alert(
  deps: HssDeps,
  tenantId: string,
  imei: string,
  subscriber: ServedSubscriber | undefined,
  peer: Peer<PeerContext>,
  { list, reason }: Verdict,
): void {
  const of = subscriber?.tenantId ?? tenantId;
  if (of === "" || deps.seldom.pass(`equipment ${of} ${imei} ${subscriber?.imsi} ${list}`) === undefined) return;
  const { epcId } = peer.context;
  deps.reporter.activity({
    tenantId: of,
    ...(subscriber ? { imsi: subscriber.imsi } : {}),
    ...(epcId !== undefined && peer.context.tenantId === of ? { epcId } : {}),
    kind: "equipment-refused",
    severity: list === "grey" ? "info" : "warning",
    message: list === "grey" ? `equipment ${imei} is watched: ${reason}` : `equipment ${imei} was refused: ${reason}`,
  });
}

// AIR, the challenge, and once more if the card's sequence number is another (TS 33.401 6.1.1, TS 33.102 6.3.5).
import { avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { UserName } from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../../daemon/src/diameter/dictionary/commands.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import { macEquals } from "../../../daemon/src/hss/crypto/macEquals.ts";
import type { AttachOutcome } from "./attachment.ts";
import type { Link } from "./link.ts";
import { isSuccess, resultOf } from "./result.ts";
import type { SimulatedUe } from "./ue.ts";

/** One E-UTRAN-Vector. */
export interface Vector {
  rand: Buffer;
  xres: Buffer;
  autn: Buffer;
  kasme: Buffer;
}

export type Authentication =
  | { outcome: "authenticated"; kasme: Buffer; resynchronised: boolean }
  | Exclude<AttachOutcome, { outcome: "attached" }>;

/** Asks for a vector and lets the card answer it; a card that asks for other sequence numbers is asked once more. */
export async function authenticate(link: Link, ue: SimulatedUe, visitedPlmn: Buffer): Promise<Authentication> {
  let resync: Buffer | undefined;
  for (;;) {
    const answer = await askForVector(link, ue.imsi, visitedPlmn, resync);
    const result = resultOf(answer);
    if (!isSuccess(result)) return { outcome: "rejected", by: "AIA", result };
    const vector = vectorsOf(answer)[0];
    if (!vector) return { outcome: "dropped", by: "AIA", missing: [s6a.EUtranVector.name] };
    const answered = ue.usim.authenticateEps(vector.rand, vector.autn, visitedPlmn);
    if (answered.outcome === "accepted") {
      if (!macEquals(answered.res, vector.xres) || !answered.kasme.equals(vector.kasme)) {
        return { outcome: "cardRefused", reason: "wrongResponse" };
      }
      return { outcome: "authenticated", kasme: answered.kasme, resynchronised: resync !== undefined };
    }
    if (answered.outcome !== "syncFailure" || resync) return { outcome: "cardRefused", reason: answered.outcome };
    resync = Buffer.concat([vector.rand, answered.auts]);
  }
}

/** AIR for one vector (TS 29.272 5.2.3.1); `resync` is RAND and AUTS, 30 octets. */
export function askForVector(link: Link, imsi: string, visitedPlmn: Buffer, resync?: Buffer): Promise<Message> {
  return link.request(COMMAND.AUTHENTICATION_INFORMATION, APPLICATION.S6A, [
    avp(UserName, imsi),
    avp(s6a.RequestedEutranAuthenticationInfo, [
      avp(s6a.NumberOfRequestedVectors, 1),
      avp(s6a.ImmediateResponsePreferred, 1),
      ...(resync ? [avp(s6a.ReSynchronizationInfo, resync)] : []),
    ]),
    avp(s6a.VisitedPlmnId, visitedPlmn),
  ]);
}

/** The vectors of an AIA in the order of Item-Number (TS 29.272 7.3.23); those that are not whole are left out. */
export function vectorsOf(answer: Message): Vector[] {
  const all = answer.get(s6a.AuthenticationInfo)?.all(s6a.EUtranVector) ?? [];
  const vectors = all.flatMap((each) => {
    const rand = each.get(s6a.Rand);
    const xres = each.get(s6a.Xres);
    const autn = each.get(s6a.Autn);
    const kasme = each.get(s6a.Kasme);
    if (rand?.length !== 16 || !xres || autn?.length !== 16 || kasme?.length !== 32) return [];
    return [{ item: each.get(s6a.ItemNumber) ?? 0, vector: { rand, xres, autn, kasme } }];
  });
  return vectors.sort((a, b) => a.item - b.item).map(({ vector }) => vector);
}

// What an MME knows of a UE, and how it came to know it.
import type { Plmn } from "@wisptools/core";
import type { Result } from "./result.ts";
import type { WholeProfile } from "./subscription.ts";
import type { SimulatedUe } from "./ue.ts";

export interface AttachedUe {
  readonly ue: SimulatedUe;
  readonly visitedPlmn: Plmn;
  /** Of the last authentication; absent in a UE that came by TAU alone. */
  readonly kasme?: Buffer;
  /** The HSS had to be told the card's SQN first. */
  readonly resynchronised: boolean;
  /** ULA-Flags (TS 29.272 7.3.8). */
  readonly ulaFlags: number;
  /** What the last ULA or IDR gave. */
  profile: WholeProfile;
  /** The HSS said that it lost its data (RSR): the next TAU updates the location. */
  resetSeen: boolean;
}

/** How an attach, or a TAU that updates the location, ends. `dropped`: a real MME says nothing and leaves the UE hanging. */
export type AttachOutcome =
  | { readonly outcome: "attached"; readonly attached: AttachedUe }
  | { readonly outcome: "rejected"; readonly by: "AIA" | "ECA" | "ULA"; readonly result: Result }
  | { readonly outcome: "equipmentBarred" }
  | {
      readonly outcome: "cardRefused";
      readonly reason: "macFailure" | "syncFailure" | "nonEpsAuthenticationUnacceptable" | "wrongResponse";
    }
  | { readonly outcome: "dropped"; readonly by: "AIA" | "ULA"; readonly missing: readonly string[] };

/** Requests of the HSS that the MME took; `result` is what it answered, 2001 or an error. */
export type MmeEvents = {
  /** Cancellation-Type (TS 29.272 7.3.24) and CLR-Flags. */
  CLR: { cancellationType: number; clrFlags: number; result: number };
  IDR: { profile: WholeProfile | undefined; idrFlags: number; result: number };
  DSR: { dsrFlags: number; contextIds: readonly number[]; result: number };
  /** Under the IMSI "" as it is for all, or for each of its User-Ids. */
  RSR: { userIds: readonly string[] };
  attached: AttachedUe;
  /** Cancelled, detached or purged. */
  left: { reason: "cancelled" | "detached" };
};

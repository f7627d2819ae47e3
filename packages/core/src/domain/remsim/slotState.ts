import type { SimSlot, SimSlotState } from "../../documents/remsim.ts";

type Held = Pick<SimSlot, "iccid" | "client" | "profiles">;

/** The state of a slot that nobody switched off and whose card works. `profilesPerSlot`: of its pool; null outside pools. */
export function openSlotState(slot: Held, profilesPerSlot: number | null): SimSlotState {
  if (slot.iccid === "") return "empty";
  if (slot.client !== null) return "assigned";
  return slot.profiles >= (profilesPerSlot ?? 1) ? "assigned" : "available";
}

/** The state of a slot after others came or went: `disabled` and `faulty` stay until a person ends them. */
export function settledSlotState(slot: Held & Pick<SimSlot, "state">, profilesPerSlot: number | null): SimSlotState {
  const stays = slot.iccid !== "" && (slot.state === "disabled" || slot.state === "faulty");
  return stays ? slot.state : openSlotState(slot, profilesPerSlot);
}

/** Who holds a slot's card, for people; undefined: nobody. */
export function slotHolder(slot: Pick<SimSlot, "client" | "profiles">): string | undefined {
  if (slot.client !== null) return `client ${slot.client.clientId} holds it`;
  if (slot.profiles === 0) return undefined;
  return slot.profiles === 1 ? "one profile uses its key" : `${slot.profiles} profiles use its key`;
}

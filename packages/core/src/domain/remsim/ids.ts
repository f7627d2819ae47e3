import { z } from "zod";

/**
 * What osmo-remsim-client may ask for. ONE_TO_ONE: a physical card of its own (SWSIM: the client plays the card itself; VSIM: it drives the
 * modem's virtual SIM interface). KI_PROXY: a virtual profile whose authentications a card of a pool answers.
 */
export const MAPPING_MODES = ["ONE_TO_ONE_SWSIM", "ONE_TO_ONE_VSIM", "KI_PROXY_SWSIM"] as const;
export const MappingMode = z.enum(MAPPING_MODES);
export type MappingMode = z.infer<typeof MappingMode>;

/** RSPRO numbers go to 1023; the client's reader refuses 0. */
export const RSPRO_MAX = 1023;
export const RsproNumber = z.int().min(1, "must be 1 to 1023").max(RSPRO_MAX, "must be 1 to 1023");

/** A bank's slot, or the client slot that RSPRO names in the same way (BankSlot and ClientSlot of RSPRO.asn). */
export const BankSlot = z.strictObject({ bankId: RsproNumber, slotId: RsproNumber });
export type BankSlot = z.infer<typeof BankSlot>;

/** `1-17`: of documents named after a bank slot. */
export function bankSlotId({ bankId, slotId }: BankSlot): string {
  return `${bankId}-${slotId}`;
}

export function sameBankSlot(a: BankSlot, b: BankSlot): boolean {
  return a.bankId === b.bankId && a.slotId === b.slotId;
}

/** MCC and MNC as one text of 5 or 6 digits (3GPP TS 23.003 2.2), as the client sends them. */
export const MccMnc = z.string().regex(/^\d{5,6}$/, "must be MCC and MNC, 5 or 6 digits");
export const Mcc = z.string().regex(/^\d{3}$/, "must be 3 digits");

/** As routers name themselves: `<hostname>-slot<N>`. Not unique: stock host names repeat. */
export const RemsimClientId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "must be 1 to 100 letters, digits, dots, dashes and underscores");

/** `rc_` and the start of the hash over credential and client id: tells routers of one name apart. */
export const ClientKey = z
  .string()
  .regex(/^rc_[0-9a-f]{24}$/, "must be rc_ and 24 hex digits")
  .brand<"ClientKey">();
export type ClientKey = z.infer<typeof ClientKey>;

export const KiPoolId = z
  .string()
  .regex(/^kp_[0-9a-f]{16}$/, "must be kp_ and 16 hex digits")
  .brand<"KiPoolId">();
export type KiPoolId = z.infer<typeof KiPoolId>;

export const SlotPolicyId = z
  .string()
  .regex(/^sp_[0-9a-f]{16}$/, "must be sp_ and 16 hex digits")
  .brand<"SlotPolicyId">();
export type SlotPolicyId = z.infer<typeof SlotPolicyId>;

export const RemsimServerId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be a slug of a-z, 0-9 and -")
  .brand<"RemsimServerId">();
export type RemsimServerId = z.infer<typeof RemsimServerId>;

/** A tag of banks and of logins: where a card may be used from. */
export const Region = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be a slug of a-z, 0-9 and -");

/** A host name or IPv4 address: the client's reader knows no IPv6. */
export const RemsimHost = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, "must be a host name or an IPv4 address");

/** The alert of a bank that is gone: one a bank, however often. */
export function simBankAlertId(bankId: number): string {
  return `sim-bank-down-${bankId}`;
}

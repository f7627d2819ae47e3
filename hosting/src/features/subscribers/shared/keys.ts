import {
  type AuthenticationAlgorithm,
  keyFault,
  type SubscriberKeyInput,
} from "@wisptools/core/domain/subscription/settings";
import { ApiError } from "../../../data/apiError.ts";

/** A SIM's secrets as typed. */
export interface KeysDraft {
  algorithm: AuthenticationAlgorithm;
  amf: string;
  k: string;
  /** OPc or TOPc, made for the SIM; OP or TOP, of the operator. */
  kind: "own" | "shared";
  operator: string;
}

export const emptyKeys = (algorithm: AuthenticationAlgorithm = "milenage", amf = "8000"): KeysDraft => ({
  algorithm,
  amf,
  k: "",
  kind: "own",
  operator: "",
});

export function keyInput(draft: KeysDraft): SubscriberKeyInput {
  const name = { milenage: { own: "opc", shared: "op" }, tuak: { own: "topc", shared: "top" } } as const;
  return { k: draft.k, [name[draft.algorithm][draft.kind]]: draft.operator };
}

/** Throws ApiError at the field of what doesn't fit the algorithm. */
export function checkKeys(draft: KeysDraft): void {
  const keys = keyInput(draft);
  const fault = keyFault(draft.algorithm, { ...keys, k: keys.k.replace(/[\s-]/g, "") });
  if (!fault) return;
  const issues = [{ field: `keys.${fault.field}`, message: fault.message }];
  throw new ApiError("invalid-argument", "Please correct the marked fields.", { issues });
}

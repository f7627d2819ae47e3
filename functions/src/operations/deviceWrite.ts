import { AppError, type Epc, nextMark } from "@wisptools/core";
import { type Stored, untilUncontended, type Write } from "@wisptools/store";
import type { DeviceCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { event } from "./event.ts";

export function refused(reason: string, message: string): AppError {
  return new AppError("unauthenticated", message, { reason });
}

export function replayed(): AppError {
  return refused("replayed", "a request with this timestamp and nonce, or a newer one, was already accepted");
}

/** Throws unless the credential is one that the EPC may use now. */
export function assertHolds(epc: Epc, credentialId: string, issuedFor: number): void {
  const { current, pending, generation, revokedAt } = epc.credentials;
  if (issuedFor === generation && (current === credentialId || pending.includes(credentialId))) return;
  if (revokedAt || epc.state === "retired") throw refused("credential_revoked", "this credential was revoked");
  throw refused("credential_superseded", "newer credentials were issued and used; these no longer hold");
}

/**
 * A device's write: `decide` says what changes in the EPC document and may add other writes. The replay mark moves,
 * and the first use of pending credentials ends all others, in the same write. Decided again when another write came
 * between; the credential and the mark are then checked against the newer document.
 */
export async function deviceWrite<T>(
  deps: Deps,
  caller: DeviceCaller,
  decide: (epc: Epc, write: Write) => Promise<{ changes: Partial<{ [K in keyof Epc]: Epc[K] | undefined }>; value: T }>,
): Promise<T> {
  return untilUncontended(async (attempt) => {
    const stored = attempt === 0 ? caller.epc : await fresh(deps, caller);
    const epc = stored.data;
    assertHolds(epc, caller.credentialId, caller.generation);
    const replayMark = nextMark(epc.replayMark, caller.timestamp, caller.nonce);
    if (!replayMark) throw replayed();
    const write = deps.store.write();
    const { changes, value } = await decide(epc, write);
    write.update(stored, { ...firstUse(deps, epc, caller, write), ...changes, replayMark });
    await write.commit();
    return value;
  });
}

async function fresh(deps: Deps, caller: DeviceCaller): Promise<Stored<Epc>> {
  return deps.store.epcs.need("EPC", caller.tenantId, caller.epcId);
}

function firstUse(deps: Deps, epc: Epc, caller: DeviceCaller, write: Write): Partial<Epc> {
  if (epc.credentials.current === caller.credentialId) return {};
  if (epc.credentials.current) {
    event(deps, write, epc, {
      type: "credentials",
      message: "New credentials in use; the old ones ended",
      id: caller.credentialId.slice(0, 16),
    });
  }
  return { credentials: { ...epc.credentials, current: caller.credentialId, pending: [] } };
}

import type { Peer } from "../diameter/peer/peer.ts";
import type { PeerContext } from "../peerContext.ts";
import type { MirrorEvents, Registration } from "../records.ts";
import { movedKey } from "./cancelOld.ts";
import { CANCELLATION, sendClr } from "./clr.ts";
import type { HssDeps } from "./deps.ts";
import { sendDsr, WITHDRAW } from "./dsr.ts";
import { forget } from "./forget.ts";
import { outcomeWords } from "./outcome.ts";
import { pushPlan } from "./pushPlan.ts";
import { insert, tell, withdraw } from "./pushToMme.ts";
import { isAt } from "./registration.ts";

export type HssCommand = Parameters<MirrorEvents["command"]>[0];
type Result = Awaited<ReturnType<MirrorEvents["command"]>>;

const NOT_REGISTERED = { done: false, result: "the subscriber is not registered" };

/**
 * Whether `runCommand` would run it here. Forgetting a registration, and saying that there is none, needs no MME: those that
 * are gone for good are forgotten so.
 */
export function isForHere(deps: HssDeps, command: HssCommand): boolean {
  if (command.action === "end-sessions") return false;
  if (command.action === "purge") return true;
  const name = command.peer ?? registrationOf(deps, command)?.mme;
  return name === undefined || mmeOf(deps, command, name) !== undefined;
}

/**
 * Runs what an operator, or another daemon, asks for. Undefined: it is for another daemon (the MME is not connected here)
 * or for the PCRF. Another tenant's subscriber is not registered as far as a command is concerned.
 */
export async function runCommand(deps: HssDeps, command: HssCommand): Promise<Result> {
  if (!isForHere(deps, command)) return undefined;
  const registration = registrationOf(deps, command);
  if (command.action === "purge") return registration ? purge(deps, registration) : NOT_REGISTERED;
  const name = command.peer ?? registration?.mme;
  const peer = name === undefined ? undefined : mmeOf(deps, command, name);
  if (!peer) return NOT_REGISTERED;
  const here = registration && isAt(registration, peer.originHost) ? registration : undefined;
  if (command.action === "cancel-location") return cancel(deps, peer, command, here);
  return here ? reread(deps, peer, here) : NOT_REGISTERED;
}

function registrationOf({ registrations }: HssDeps, { imsi, tenantId }: HssCommand): Registration | undefined {
  const registration = registrations.get(imsi);
  return registration?.tenantId === tenantId ? registration : undefined;
}

function mmeOf(deps: HssDeps, command: HssCommand, name: string): Peer<PeerContext> | undefined {
  const peer = deps.mmes.get(name);
  return peer && belongs(deps, command, peer) ? peer : undefined;
}

/** A tenant gives orders to its own MMEs, and to those that serve, or served, a subscriber of its own. */
function belongs({ directory }: HssDeps, { tenantId, imsi }: HssCommand, { context }: Peer<PeerContext>): boolean {
  if (context.trusted || context.tenantId === tenantId) return true;
  return directory.subscriber(imsi)?.tenantId === tenantId;
}

async function cancel(
  deps: HssDeps,
  peer: Peer<PeerContext>,
  { imsi, cancellationType }: HssCommand,
  here: Registration | undefined,
): Promise<Result> {
  if (cancellationType === undefined) {
    if (!here) return NOT_REGISTERED;
    return resultOf(await withdraw(deps, peer, here, "an operator asked for it; it is to attach anew", true));
  }
  // Between the other daemon's wish and now it came back to this MME.
  if (here && cancellationType === CANCELLATION.MME_UPDATE_PROCEDURE) {
    return { done: true, result: "it is registered there again" };
  }
  deps.moved.pass(movedKey(imsi, peer.originHost));
  return resultOf(await sendClr(peer, imsi, cancellationType));
}

/** All that the MME has of the subscriber is made equal to what we have. */
async function reread(deps: HssDeps, peer: Peer<PeerContext>, here: Registration): Promise<Result> {
  // As if the MME had nothing, so that there is something to tell in any case.
  const plan = pushPlan(deps, { ...here, sent: "", purged: false }, peer);
  if (!plan) return { done: false, result: "its subscription is not complete" };
  if (plan.kind === "withdraw") return resultOf(await withdraw(deps, peer, here, plan.reason));
  const outcome = await insert(deps, peer, here, plan.profile, plan.hash);
  if (outcome.state !== "done" || plan.profile.rauTauTimerSeconds !== undefined) return resultOf(outcome);
  // What an IDR leaves out stays; only a DSR takes a timer away (TS 29.272 7.3.25).
  await sendDsr(peer, here.imsi, WITHDRAW.PERIODIC_RAU_TAU_TIMER);
  return resultOf(outcome);
}

async function purge(deps: HssDeps, registration: Registration): Promise<Result> {
  if (!(await forget(deps, registration))) return { done: false, result: "it has registered anew" };
  tell(deps, registration, "detach", `an operator purged its registration at ${registration.mme}`);
  return { done: true, result: "the registration is forgotten" };
}

function resultOf(outcome: Parameters<typeof outcomeWords>[0]): Result {
  return { done: outcome.state === "done", result: outcomeWords(outcome) };
}

import { type Application, type ApplicationParts, serverOf } from "./application.ts";
import { SqnGenerator } from "./hss/crypto/sqn.ts";
import { hssDeps } from "./hss/deps.ts";
import { HSS_APPLICATIONS, hssHandlers } from "./hss/handlers.ts";
import { HssPushes } from "./hss/hssPushes.ts";

/** HSS and EIR (S6a, S13). `ind` is this process's own index of sequence numbers. */
export function hssApplication(parts: ApplicationParts, ind: number): Application {
  const { mirror, log } = parts;
  const { sqnLease } = mirror;
  const sqn = new SqnGenerator({ ind, leased: sqnLease.leased, lease: (upTo) => sqnLease.lease(upTo) });
  const { directory, registrations, reporter } = mirror;
  const deps = hssDeps({ directory, registrations, reporter, sqn, log });
  const pushes = new HssPushes(deps);
  const server = serverOf(parts, "hss", HSS_APPLICATIONS, hssHandlers(deps), (peer) => pushes.peerOpened(peer));
  return {
    name: "hss",
    server,
    profilesChanged: (tenantId, imsis) => pushes.profilesChanged(tenantId, imsis),
    registrationsChanged: (imsis, superseded) => pushes.registrationsChanged(imsis, superseded),
    tenantsChanged: () => pushes.tenantsChanged(),
    holds: (command) =>
      command.action === "end-sessions"
        ? registrations.get(command.imsi) !== undefined && pushes.holds(reattach(command))
        : pushes.holds(command),
    command: (command) => pushes.command(command.action === "end-sessions" ? reattach(command) : command),
    stop: () => {
      pushes.stop();
      sqn.close();
    },
  };
}

type Command = Parameters<Application["command"]>[0];

/** Open5GS's SMF answers a RAR that asks for a release, and releases nothing: a CLR that has the UE attach anew ends its sessions for sure. */
function reattach(command: Command): Command {
  return { ...command, action: "cancel-location" };
}

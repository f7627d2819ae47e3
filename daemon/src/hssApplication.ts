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
    registrationsChanged: (imsis) => pushes.registrationsChanged(imsis),
    tenantsChanged: () => pushes.tenantsChanged(),
    holds: ({ action, imsi, peer }) => {
      const name = peer ?? registrations.get(imsi)?.mme;
      // Nowhere registered: every daemon can say so.
      return action !== "end-sessions" && (name === undefined || server.peer(name) !== undefined);
    },
    command: (command) => pushes.command(command),
    stop: () => {
      pushes.stop();
      sqn.close();
    },
  };
}

import { type Application, type ApplicationParts, serverOf } from "./application.ts";
import { APPLICATION } from "./diameter/dictionary/commands.ts";
import { systemClock } from "./diameter/peer/clock.ts";
import type { DiameterServer } from "./diameter/server.ts";
import { pcrfHandlers } from "./pcrf/pcrfHandlers.ts";
import { PcrfPushes } from "./pcrf/pcrfPushes.ts";
import type { PeerContext } from "./peerContext.ts";

/** PCRF (Gx). */
export function pcrfApplication(parts: ApplicationParts): Application {
  const { directory, sessions, usage, reporter } = parts.mirror;
  const shared = { directory, sessions, usage, reporter, clock: systemClock };
  const pushes: PcrfPushes = new PcrfPushes({
    ...shared,
    peer: (originHost) => server.peer(originHost),
    failed: (error) => parts.log("error", "push failed", { application: "pcrf", error: String(error) }),
  });
  const rows = pcrfHandlers<PeerContext>({ ...shared, pushes });
  const server: DiameterServer<PeerContext> = serverOf(parts, "pcrf", [APPLICATION.GX], rows, (peer) =>
    pushes.peerConnected(peer),
  );
  pushes.start();
  return {
    name: "pcrf",
    server,
    profilesChanged: (tenantId, imsis) => pushes.profilesChanged(tenantId, imsis),
    registrationsChanged: () => {},
    tenantsChanged: () => {
      pushes.tenantsChanged();
      server.recheck();
    },
    holds: ({ action, imsi }) =>
      action === "end-sessions" && sessions.ofSubscriber(imsi).some(({ peer }) => server.peer(peer) !== undefined),
    command: async ({ action, tenantId, imsi }) =>
      action === "end-sessions" ? pushes.endSessions(tenantId, imsi) : undefined,
    stop: () => pushes.stop(),
  };
}

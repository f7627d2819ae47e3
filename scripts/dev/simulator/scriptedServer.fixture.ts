// A Diameter server with scripted answers, for the simulator's own tests.
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { APPLICATION, commandKey } from "../../../daemon/src/diameter/dictionary/commands.ts";
import type { Answer } from "../../../daemon/src/diameter/peer/answer.ts";
import type { Peer } from "../../../daemon/src/diameter/peer/peer.ts";
import { DiameterServer } from "../../../daemon/src/diameter/server.ts";

/** By command code: each request is answered by what the function returns. */
export type Script = Record<number, (request: Message) => Answer>;

export interface ScriptedServer {
  port: number;
  /** The peer that is connected. @throws Error if none is. */
  peer(originHost: string): Peer<undefined>;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1; admits everybody. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const { S6A, S13, GX } = APPLICATION;
  const applications = [S6A, S13, GX];
  const handlers = new Map(
    applications.flatMap((id) =>
      Object.entries(script).map(([command, answer]) => [commandKey(id, Number(command)), answer] as const),
    ),
  );
  const server = new DiameterServer<undefined>({
    listeners: [{ host: "127.0.0.1", port: 0 }],
    originHost: "hss.localdomain",
    originRealm: "localdomain",
    applications,
    productName: "scripted",
    admit: ({ originRealm }) => ({
      admitted: true,
      context: undefined,
      originRealm,
      requestsPerSecond: Number.POSITIVE_INFINITY,
    }),
    handlers,
  });
  await server.listen();
  return {
    port: server.addresses[0]?.port ?? 0,
    peer: (originHost) => {
      const peer = server.peer(originHost);
      if (!peer) throw new Error(`${originHost} is not connected`);
      return peer;
    },
    stop: () => server.stop(1_000),
  };
}

import { hostname } from "node:os";
import { Bonjour, type Service } from "bonjour-service";
import type { RemsimLog } from "../logs.ts";

const GOODBYE_MS = 2_000;

/** Tells a LAN of the edge (RFC 6762, 6763): `_ionmesh._tcp`, with the path of its API. */
export class Advertisement {
  private readonly bonjour: Bonjour;
  private readonly service: Service;

  /** `name`: of the instance, as people see it. */
  constructor(name: string, port: number, log: RemsimLog) {
    this.bonjour = new Bonjour({}, (error: unknown) => log.advertisingFailed(error));
    this.service = this.bonjour.publish({
      ...{ name, type: "ionmesh", protocol: "tcp", port, host: `${hostname().split(".")[0]}.local` },
      txt: { path: "/api/backend/v1", api: "v1" },
    });
    this.service.on("up", () => log.advertised({ name, port }));
    this.service.on("error", (error: unknown) => log.advertisingFailed(error));
  }

  /** Says goodbye, so that nobody looks for it any more. */
  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([new Promise<void>((resolve) => this.bonjour.unpublishAll(() => resolve())), late]);
    clearTimeout(timer);
    this.bonjour.destroy();
  }
}

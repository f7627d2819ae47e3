// What the simulated site's daemons would log and publish of the subscribers who are really there.
import { createServer, type Server } from "node:http";

const FEWEST = 6;
const CURSOR = "739ad463348b4ceca5a9e69c95a3c93f";
const ENBS = [
  { id: 264_040, address: "10.20.0.11" },
  { id: 264_041, address: "10.20.0.12" },
];

export type JournalLine = { unit: string; text: string };

/** How busy the site is at a moment, 0 to 1: quiet at night, busiest in the evening, with a ripple that a chart shows. */
export function demand(at: Date): number {
  const hour = at.getHours() + at.getMinutes() / 60;
  const evening = Math.exp(-(((hour - 20.5) / 4) ** 2));
  const daytime = Math.exp(-(((hour - 13) / 5) ** 2));
  const ripple = 0.06 * Math.sin(at.getTime() / 47_000) + 0.04 * Math.sin(at.getTime() / 11_000);
  return Math.min(1, Math.max(0.08, 0.15 + 0.5 * daytime + 0.75 * evening + ripple));
}

/** How many subscribers of a site of `most` are there at a moment. */
export function wantedSubscribers(at: Date, most: number): number {
  return Math.round(FEWEST + demand(at) * (most - FEWEST));
}

export class Network {
  readonly #sessions: () => number;
  #entries = 0;

  /** @param sessions how many subscribers have one now */
  constructor(sessions: () => number) {
    this.#sessions = sessions;
  }

  /** A subscriber has come, as the daemons log it. */
  arrived(imsi: string, ip: string, apn: string): JournalLine[] {
    return [
      { unit: "open5gs-mmed", text: `[${imsi}] Attach request (../src/mme/emm-sm.c:488)` },
      {
        unit: "open5gs-smfd",
        text: `UE IMSI[${imsi}] APN[${apn}] IPv4[${ip}] IPv6[] (../src/smf/s5c-handler.c:312)`,
      },
      { unit: "open5gs-mmed", text: `[${imsi}] Attach complete (../src/mme/emm-sm.c:1603)` },
    ];
  }

  /** A subscriber has gone. `byUe`: it said goodbye. */
  left(imsi: string, ip: string, apn: string, byUe: boolean): JournalLine[] {
    const words = byUe ? `[${imsi}] Detach request` : `[${imsi}] Implicit Detach timer expired, detaching UE`;
    return [
      { unit: "open5gs-mmed", text: `${words} (../src/mme/emm-sm.c:915)` },
      { unit: "open5gs-smfd", text: `Removed Session: UE IMSI:[imsi-${imsi}] DNN:[${apn}:5] IPv4:[${ip}] IPv6:[]` },
    ];
  }

  /** A line as `journalctl -o json` prints it: Open5GS's colours make journald store bytes. */
  journalEntry({ unit, text }: JournalLine, at: Date): string {
    this.#entries += 1;
    const message = `\u001b[32m${at.toISOString()}\u001b[0m: [\u001b[33memm\u001b[0m] \u001b[1;32mINFO\u001b[0m: ${text}`;
    return `${JSON.stringify({
      __CURSOR: `s=${CURSOR};i=${this.#entries.toString(16)};b=1;m=1;t=1;x=${at.getTime().toString(16)}`,
      __REALTIME_TIMESTAMP: String(at.getTime() * 1000),
      _SYSTEMD_UNIT: `${unit}.service`,
      MESSAGE: [...Buffer.from(message)],
    })}\n`;
  }

  /** What the daemons' metrics servers answer, by path. */
  published(path: string): string | undefined {
    const n = this.#sessions();
    switch (path) {
      case "/mme/metrics":
        return gauges({ enb: ENBS.length, enb_ue: Math.round(n * 0.7), mme_session: n });
      case "/smf/metrics":
        return gauges({ ues_active: n, gtp2_sessions_active: n, bearers_active: n, pfcp_sessions_active: n });
      case "/upf/metrics":
        return gauges({
          fivegs_upffunction_upf_sessionnbr: n,
          'fivegs_upffunction_upf_qosflows{dnn="internet"}': n,
        });
      case "/mme/enb-info":
        return JSON.stringify({ items: ENBS.map(enbInfo), pager: { page: 0, page_size: 100, count: ENBS.length } });
      default:
        return undefined;
    }
  }

  /** The metrics servers on one free port; resolves to it. */
  async serve(): Promise<{ server: Server; port: number }> {
    const server = createServer((request, response) => {
      const text = this.published((request.url ?? "").split("?")[0] ?? "");
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("the metrics server has no port");
    return { server, port: address.port };
  }
}

function enbInfo({ id, address }: (typeof ENBS)[number]) {
  return {
    enb_id: id,
    plmn: "00101",
    s1: { sctp: { peer: `[${address}]:36412`, max_out_streams: 10 }, setup_success: true },
  };
}

function gauges(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `# TYPE ${name.replace(/\{.*/, "")} gauge\n${name} ${value}\n`)
    .join("");
}

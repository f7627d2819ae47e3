// What the demo tenants' remote-SIM routers find: a server, banks with cards, a KI pool, a login each.
import { passesLuhn, RemsimServerId, type TenantId } from "@wisptools/core";
import type { Person } from "@wisptools/store";
import type { MemberCaller } from "../../functions/src/caller.ts";
import type { Deps } from "../../functions/src/deps.ts";
import { createSimBank } from "../../functions/src/operations/remsim/banks.ts";
import { addRemsimCredential } from "../../functions/src/operations/remsim/credentials.ts";
import { importSimCards } from "../../functions/src/operations/remsim/importCards.ts";
import { createKiPool } from "../../functions/src/operations/remsim/pools.ts";
import { putRemsimServer } from "../../functions/src/operations/remsim/servers.ts";
import { HOST, offsetFromEnvironment, portsAt } from "./ports.ts";

const SERVER = RemsimServerId.parse("local");

interface DemoCards {
  from: number;
  to: number;
  /** MCC and MNC, with which each IMSI begins. */
  network: string;
  carrier: string;
}

interface DemoBank {
  bankId: number;
  label: string;
  slots: number;
  cards: DemoCards[];
  /** Whether its slots are one KI pool. */
  pool: boolean;
}

export interface DemoRemsim {
  banks: DemoBank[];
  login: string;
  secret: string;
}

export const WISP123_REMSIM: DemoRemsim = {
  login: "router1",
  secret: "wt_remsim_demo",
  banks: [
    {
      bankId: 1,
      label: "Office rack",
      slots: 60,
      pool: false,
      cards: [
        { from: 1, to: 40, network: "310410", carrier: "AT&T" },
        { from: 41, to: 60, network: "310260", carrier: "T-Mobile" },
      ],
    },
    {
      bankId: 2,
      label: "KI bank",
      slots: 10,
      pool: true,
      cards: [{ from: 1, to: 10, network: "310410", carrier: "AT&T" }],
    },
  ],
};

export const LAB_REMSIM: DemoRemsim = {
  login: "lab-router",
  secret: "wt_remsim_demo_lab",
  banks: [
    {
      bankId: 3,
      label: "Lab bench",
      slots: 5,
      pool: false,
      cards: [{ from: 1, to: 5, network: "99970", carrier: "Lab" }],
    },
  ],
};

/** The server that both tenants' banks are on: the simulated one of this stack. */
export async function seedRemsimServer(deps: Deps, platform: Person): Promise<void> {
  if (await deps.store.remsimServers.get(SERVER)) return;
  const ports = portsAt(offsetFromEnvironment());
  await putRemsimServer(deps, { person: platform, requestId: "seed" }, SERVER, {
    label: "Local",
    host: HOST,
    port: ports.remsimServer,
    rest_url: `http://${HOST}:${ports.remsimRest}`,
    tenants: [],
  });
}

/** A tenant's banks, cards, pools and login. */
export async function seedRemsim(deps: Deps, tenantId: TenantId, owner: Person, demo: DemoRemsim): Promise<void> {
  const caller: MemberCaller = {
    tenantId,
    role: "owner",
    actor: owner.uid,
    actorName: owner.displayName,
    requestId: "seed",
  };
  for (const bank of demo.banks) await seedBank(deps, caller, bank);
  const write = deps.store.write();
  const { login, secret } = demo;
  addRemsimCredential(deps, write, tenantId, { login, secret, label: "Demo", region: null, by: owner.displayName });
  await write.commit();
}

async function seedBank(deps: Deps, caller: MemberCaller, bank: DemoBank): Promise<void> {
  const { bankId, label, slots } = bank;
  await createSimBank(deps, caller, { bank_id: bankId, label, server_id: SERVER, regions: [], slots });
  const rows = await importSimCards(deps, caller, { csv: cardsOf(bank), dry_run: false });
  const refused = rows.find(({ action }) => action !== "create");
  if (refused) throw new Error(`demo card ${refused.given.iccid}: ${refused.fault}`);
  if (!bank.pool) return;
  await createKiPool(deps, caller, {
    name: "Demo pool",
    enabled: true,
    bankId,
    firstSlot: 1,
    lastSlot: slots,
    profilesPerSlot: 50,
    maxProfiles: 500,
  });
}

/** ICCIDs and IMSIs that tell bank and slot: ...0001017x is the card of bank 1, slot 17. */
function cardsOf({ bankId, cards }: DemoBank): string {
  const rows = cards.flatMap(({ from, to, network, carrier }) =>
    Array.from({ length: to - from + 1 }, (_, n) => {
      const serial = String(bankId * 1000 + from + n);
      const imsi = network + serial.padStart(15 - network.length, "0");
      return `${withCheckDigit(`890100${serial.padStart(12, "0")}`)},${imsi},${network},${carrier},${bankId},${from + n}`;
    }),
  );
  return ["iccid,imsi,mcc_mnc,carrier,bank_id,slot_id", ...rows].join("\n");
}

/** ISO/IEC 7812-1 annex B. */
function withCheckDigit(stem: string): string {
  return Array.from({ length: 10 }, (_, digit) => `${stem}${digit}`).find(passesLuhn) as string;
}

import { isIP } from "node:net";
import { type DiameterPeer, diameterIdentity, type Epc, paths, type Tenant } from "@wisptools/core";
import { type Changes, type Stored, serverTime, type Write } from "@wisptools/store";
import type { Deps } from "../deps.ts";

const ROLES = ["mme", "smf"] as const;
/** Certificates of an EPC that hold at once: the newest, and the one before for as long as its daemons run with it. */
const HOLDING = 2;
/** How long a buried peer is kept for daemons that were away, ms. */
const TOMBSTONE_MS = 30 * 24 * 3_600_000;

type Subject = Pick<Epc, "id" | "enrolment" | "network">;

/** The Diameter identities of an EPC: its MME's and its SMF's. */
export function identitiesOf(tenant: Tenant, epc: Pick<Epc, "id">): string[] {
  return ROLES.map((role) => diameterIdentity(role, epc.id, tenant.diameter.realm));
}

/**
 * Lets an EPC's MME and SMF in, or changes what they need for it. False when they are let in like that already. Whoever
 * calls this writes the EPC document as it was read in the same write, so that no revocation is overtaken.
 */
export function admitPeers(
  write: Write,
  tenant: Tenant,
  epc: Subject,
  known: Stored<DiameterPeer>[],
  certificate?: string,
): boolean {
  const plainFrom = tenant.diameter.tls ? [] : addressesOf(epc);
  let changed = false;
  for (const role of ROLES) {
    const originHost = diameterIdentity(role, epc.id, tenant.diameter.realm);
    const stored = known.find((peer) => peer.data.originHost === originHost);
    const before = stored?.data.certificates ?? [];
    const certificates = certificate ? [certificate, ...before].slice(0, HOLDING) : before;
    const live = { certificates, plainFrom, deleted: false, updatedAt: serverTime() };
    if (!stored) {
      const { id: epcId } = epc;
      write.create(paths.diameterPeer(originHost), {
        schemaVersion: 1,
        originHost,
        tenantId: tenant.id,
        epcId,
        role,
        ...live,
      });
    } else if (certificate || stored.data.deleted || !same(stored.data.plainFrom, plainFrom)) {
      const changes: Changes<DiameterPeer> = { ...live, expireAt: undefined };
      write.patch(stored.path, changes);
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
}

/** Shuts an EPC's MME and SMF out, and ends their certificates: daemons see the tombstones and drop the connections. */
export function buryPeers(deps: Deps, write: Write, known: Stored<DiameterPeer>[]): void {
  const expireAt = new Date(deps.now().getTime() + TOMBSTONE_MS);
  for (const { path } of known) {
    const changes: Changes<DiameterPeer> = {
      certificates: [],
      plainFrom: [],
      deleted: true,
      updatedAt: serverTime(),
      expireAt,
    };
    write.patch(path, changes);
  }
}

/**
 * What we saw the box ask from, and what the enrolled box says it has: a private link shows either. Its word lets nobody in but
 * who claims to be this very EPC. IPv4 in its own form, as daemons compare it.
 */
function addressesOf({ enrolment, network }: Subject): string[] {
  const addresses = [enrolment.address, network.primaryIp].map((address = "") =>
    address.replace(/^::ffff:(?=\d+\.)/, ""),
  );
  return [...new Set(addresses.filter((address) => isIP(address) !== 0))];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, n) => value === b[n]);
}

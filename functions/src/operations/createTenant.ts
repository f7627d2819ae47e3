import { AppError, type api, type DiameterSettings, type Member, paths, type Tenant } from "@wisptools/core";
import { type Person, SIGNING_SECRET_ID, untilUncontended, type Write } from "@wisptools/store";
import type { UserCaller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { log } from "../logs.ts";
import { audit } from "./audit.ts";
import { addTenantDefaults } from "./hss/tenantDefaults.ts";
import { drawTenantNumber, takeTenantNumber } from "./remsim/tenantNumber.ts";
import { ensureRepository } from "./repository/ensureRepository.ts";

type Input = typeof api.createTenant.body._zod.output;

/**
 * A tenant with its first owner, its keys, a plan and an APN, whole or not at all. `number`: its integer id for remote SIM, drawn again while
 * another tenant has it.
 */
export async function createTenant(
  deps: Deps,
  caller: UserCaller,
  input: Input,
  number: (attempt: number) => number = drawTenantNumber,
): Promise<Tenant> {
  const owner = await ownerOf(deps, caller, input.owner_email);
  await checkNew(deps, input);
  const key = await deps.store.signingKeys.generate(input.tenant_id);
  const tenant = await untilUncontended(async (attempt) => {
    if (attempt > 0) await checkNew(deps, input);
    return enter(
      deps,
      caller,
      { ...newTenant(deps, input, key.signingKey), remsimTenantId: number(attempt) },
      owner,
      key,
    );
  });
  // A tenant is whole without its repository: that is made at its first use, if it cannot be made now.
  await ensureRepository(deps, tenant).catch((error) => log.repositoryUnmade({ tenantId: tenant.id }, error));
  return tenant;
}

async function checkNew(deps: Deps, input: Input): Promise<void> {
  if (!(await deps.store.tenants.get(input.tenant_id))) return;
  throw new AppError("already-exists", "tenant_id: this tenant exists", { field: "tenant_id" });
}

async function enter(
  deps: Deps,
  caller: UserCaller,
  tenant: Tenant & { remsimTenantId: number },
  owner: Person,
  { sealed }: Awaited<ReturnType<Deps["store"]["signingKeys"]["generate"]>>,
): Promise<Tenant> {
  const write = deps.store.write();
  write.create(paths.tenant(tenant.id), tenant);
  write.create(paths.secret(tenant.id, SIGNING_SECRET_ID), sealed);
  takeTenantNumber(deps, write, tenant.id, tenant.remsimTenantId);
  await addTenantDefaults(deps, write, tenant.id);
  addMember(deps, write, tenant, owner, "owner", caller.person.uid);
  audit(
    deps,
    write,
    tenant.id,
    { actor: caller.person.uid, actorName: caller.person.displayName, requestId: caller.requestId },
    {
      action: "tenant.create",
      target: tenant.id,
      summary: `created the tenant with ${owner.email} as owner`,
    },
  );
  await write.commit();
  return tenant;
}

async function ownerOf(deps: Deps, caller: UserCaller, email: string | undefined): Promise<Person> {
  if (email === undefined) return caller.person;
  const owner = await deps.store.people.byEmail(email);
  if (!owner)
    throw new AppError("not-found", "owner_email: nobody has signed up with this address", { field: "owner_email" });
  if (!owner.emailVerified) {
    throw new AppError("failed-precondition", "owner_email: this person has not confirmed the address yet", {
      field: "owner_email",
    });
  }
  return owner;
}

/** What a tenant starts with. */
function newTenant(deps: Deps, input: Input, signingKey: Tenant["signingKey"]): Tenant {
  const now = deps.now();
  return {
    schemaVersion: 1,
    id: input.tenant_id,
    name: input.name,
    status: "active",
    enrolmentPolicy: "token",
    plmns: [input.plmn],
    tacRanges: [{ from: 1, to: 1000 }],
    apns: [{ name: "internet", uePool: "10.45.0.0/16" }],
    dns: ["9.9.9.9", "1.1.1.1"],
    diameter: defaultDiameter(deps, input.realm),
    coreSource: { uri: "http://deb.open5gs.invalid/", suite: "stable", components: ["main"] },
    settings: { allowShell: false, reportIntervalSeconds: 60 },
    limits: { epcs: 1000 },
    signingKey,
    createdAt: now,
    updatedAt: now,
  };
}

/** One HSS and one PCRF for all; they answer each EPC in its own tenant's realm. */
function defaultDiameter({ diameter }: Deps, realm: string): DiameterSettings {
  return { realm, ...diameter, hssPort: 5868, pcrfPort: 5869, tls: true };
}

/** Adds a membership and its mirror in the person's own document to a write. */
export function addMember(
  deps: Deps,
  write: Write,
  tenant: Pick<Tenant, "id" | "name">,
  person: Person,
  role: Member["role"],
  invitedBy: string,
): void {
  const { uid, email, displayName } = person;
  write.merge(paths.member(tenant.id, uid), {
    schemaVersion: 1,
    uid,
    email,
    displayName,
    role,
    since: deps.now(),
    invitedBy,
  });
  write.merge(paths.user(uid), {
    schemaVersion: 1,
    uid,
    email,
    displayName,
    tenants: { [tenant.id]: { name: tenant.name, role } },
  });
}

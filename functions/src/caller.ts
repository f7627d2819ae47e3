import type { Epc, EpcId, Role, TenantId } from "@wisptools/core";
import type { Person, Stored } from "@wisptools/store";

/** An EPC whose signature was checked on this request. */
export interface DeviceCaller {
  tenantId: TenantId;
  epcId: EpcId;
  credentialId: string;
  /** The generation its credential was issued for. */
  generation: number;
  timestamp: number;
  nonce: string;
  /** The device's clock minus ours, seconds. */
  clockOffset: number;
  /** As read to see that the credential still holds; writes insist on this version. */
  epc: Stored<Epc>;
}

/** A box without credentials, or with old ones it can still sign with. */
export interface EnrolmentCaller {
  /** Absent where the platform does not tell (the functions emulator). */
  address: string | undefined;
  tenantHeader: string | undefined;
  tokenHeader: string | undefined;
  location: { latitude: number; longitude: number; city?: string; source: "address" } | undefined;
  /** Set when the request is signed with credentials that still hold. */
  device: DeviceCaller | undefined;
}

/** A person or an API key, acting in one tenant. */
export interface MemberCaller {
  tenantId: TenantId;
  role: Role;
  /** uid, or `key:` and the start of its hash. */
  actor: string;
  actorName: string;
  requestId: string;
}

/** A signed-in person, in no tenant yet. */
export interface UserCaller {
  person: Person;
  requestId: string;
}

/** A remote-SIM router, or whoever holds its login. */
export interface RemsimCaller {
  tenantId: TenantId;
  /** Hash of the login, or `key:` and the start of an API key's hash. */
  credentialId: string;
  /** In the audit: `router:` and the login, or `key:` and the start of an API key's hash. */
  actor: string;
  /** For people. */
  credentialName: string;
  /** The region of the login. */
  region: string | null;
  /** The tenant's integer alias: what a body's tenant_id must agree with. */
  tenantNumber: number | undefined;
  /** From where the router called, as far as is known; the login's own word, so for nothing but its own clashes and for people. */
  address: string;
  requestId: string;
}

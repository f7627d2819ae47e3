import { me } from "@wisptools/core/api/tenants";
import type { User } from "@wisptools/core/documents/people";
import type { Role } from "@wisptools/core/domain/roles";
import { onAuthStateChanged, type User as Person } from "firebase/auth";
import { call } from "./api.ts";
import { type ApiError, asApiError } from "./apiError.ts";
import { auth } from "./firebase.ts";
import { LiveDocument } from "./live.svelte.ts";
import { sources } from "./sources.ts";

export interface Membership {
  id: string;
  name: string;
  role: Role;
}

const LAST_TENANT = "wisptools.tenant";

/** Who is signed in, and where they may go. Two answers tell: /api/me once, users/{uid} ever after. */
class Session {
  /** `starting` until the browser's stored sign-in is known and, with one, until the memberships are. */
  phase = $state<"starting" | "out" | "in">("starting");
  uid = $state("");
  email = $state("");
  platformAdmin = $state(false);
  problem = $state.raw<ApiError>();
  #first = $state.raw<Membership[]>([]);
  #user = new LiveDocument<User>();
  #close: () => void = () => {};

  memberships = $derived.by<Membership[]>(() => {
    const user = this.#user.value;
    const list = user ? Object.entries(user.tenants).map(([id, { name, role }]) => ({ id, name, role })) : this.#first;
    return [...list].sort((a, b) => a.name.localeCompare(b.name));
  });

  /** The tenant this browser was last in, for those who belong to several. */
  get lastTenant(): string | null {
    return localStorage.getItem(LAST_TENANT);
  }
  set lastTenant(id: string) {
    localStorage.setItem(LAST_TENANT, id);
  }

  start(): void {
    onAuthStateChanged(auth, (person) => {
      this.#close();
      this.#user.clear();
      this.#first = [];
      this.platformAdmin = false;
      if (person) void this.#enter(person);
      else this.phase = "out";
    });
  }

  /** Asks again, e.g. after an invitation was accepted or the first try met no network. */
  async refresh(): Promise<void> {
    this.problem = undefined;
    try {
      const mine = await call(me);
      this.platformAdmin = mine.platform_admin;
      this.#first = mine.tenants.map((one) => ({ id: one.tenant_id, name: one.name, role: one.role }));
    } catch (error) {
      this.problem = asApiError(error);
    }
  }

  async #enter(person: Person): Promise<void> {
    this.phase = "starting";
    this.uid = person.uid;
    this.email = person.email ?? "";
    this.#close = this.#user.open(sources.user(person.uid));
    await this.refresh();
    if (auth.currentUser?.uid === person.uid) this.phase = "in";
  }
}

export const session = new Session();

import type { Role } from "@wisptools/core/domain/roles";

/** What each role may do, least first; each may do what those before it may. */
export const ROLE_NOTES: Record<Role, string> = {
  viewer: "Sees EPCs and their figures, changes nothing.",
  installer: "Also approves boxes and runs diagnostics on them.",
  engineer: "Also changes EPCs, restarts services and rotates credentials.",
  admin: "Also manages members, tokens, keys and the tenant's settings, and retires EPCs.",
  owner: "May do everything, including making other owners.",
};

import type { EnrolmentToken } from "@wisptools/core/documents/access";
import { expect, it } from "vitest";
import { keyState } from "./tokenState.ts";

const token = { uses: 2 } as EnrolmentToken;
const then = new Date(1000);

it.each([
  [{}, "active"],
  [{ maxUses: 3 }, "active"],
  [{ maxUses: 2 }, "used up"],
  [{ expiresAt: new Date(1001) }, "active"],
  [{ expiresAt: then }, "expired"],
  [{ expiresAt: then, maxUses: 2, revokedAt: then }, "revoked"],
])("a token with %o is %s", (more, state) => {
  expect(keyState({ ...token, ...more }, 1000)).toBe(state);
});

import { afterEach, beforeEach, expect, it } from "vitest";
import { TenantKeys } from "./tenantKeys.ts";
import { openTestMirror, removeFolder, type TestMirror, temporaryFolder } from "./testing/mirrors.ts";

const KEY = Buffer.alloc(32, 7);
let mirror: TestMirror;

beforeEach(() => {
  mirror = openTestMirror(temporaryFolder(), "cloud");
});
afterEach(async () => {
  await mirror.close();
  removeFolder(mirror.dataDir);
});

it("fetches the key of a tenant that comes while another's is under way, without waiting for the next try", async () => {
  const asked: string[] = [];
  const answers = Array.from({ length: 3 }, () => Promise.withResolvers<Buffer | undefined>());
  const keys = new TenantKeys(mirror.inside, {
    subscriberKeys: {
      keyEncryptionKey: (tenantId: string) => answers[asked.push(tenantId) - 1]?.promise,
    } as unknown as ConstructorParameters<typeof TenantKeys>[1]["subscriberKeys"],
  });
  for (const tenant of ["tenant_one", "tenant_two", "tenant_three"]) keys.need(tenant);
  expect(asked).toEqual(["tenant_one"]);
  // One that has none yet holds nobody else up.
  answers[0]?.resolve(undefined);
  for (const { resolve } of answers.slice(1)) resolve(KEY);
  await expect.poll(() => mirror.inside.keyring.has("tenant_three")).toBe(true);
  expect(asked).toEqual(["tenant_one", "tenant_two", "tenant_three"]);
  expect(["tenant_one", "tenant_two"].map((tenant) => mirror.inside.keyring.has(tenant))).toEqual([false, true]);
  keys.stop();
});

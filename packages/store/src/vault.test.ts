import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { kmsKeyService, localKeyService, Vault } from "./vault.ts";

const vault = new Vault(localKeyService(createHash("sha256").update("test").digest()));

describe("Vault", () => {
  it("opens what it sealed, and holds no plaintext", async () => {
    const sealed = await vault.seal("tenant_a", "device-hmac/1", "a very secret key");
    expect(await vault.open("tenant_a", "device-hmac/1", sealed)).toBe("a very secret key");
    expect(JSON.stringify(sealed)).not.toContain("secret");
  });

  it("seals the same secret differently each time", async () => {
    const [one, two] = await Promise.all([vault.seal("t", "p", "x"), vault.seal("t", "p", "x")]);
    expect(one.ciphertext).not.toBe(two.ciphertext);
  });

  it("opens for no other tenant and no other purpose, even when the label is forged", async () => {
    const sealed = await vault.seal("tenant_a", "device-hmac/1", "x");
    await expect(vault.open("tenant_b", "device-hmac/1", sealed)).rejects.toThrow("was asked for as");
    await expect(vault.open("tenant_a", "device-hmac/2", sealed)).rejects.toThrow("was asked for as");
    await expect(
      vault.open("tenant_b", "device-hmac/1", { ...sealed, aad: "tenant_b/device-hmac/1" }),
    ).rejects.toThrow();
  });

  it.each(["wrappedKey", "iv", "ciphertext", "tag"] as const)("refuses an altered %s", async (part) => {
    const sealed = await vault.seal("t", "p", "a secret of some length");
    const bytes = Buffer.from(sealed[part], "base64");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await expect(vault.open("t", "p", { ...sealed, [part]: bytes.toString("base64") })).rejects.toThrow();
  });
});

describe("kmsKeyService", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** What Cloud KMS does with a symmetric key, as its REST reference states it; the real one isn't to be had here. */
  function cloud(): { requests: { url: string; authorization: string | null }[] } {
    const requests: { url: string; authorization: string | null }[] = [];
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      requests.push({ url, authorization: new Headers(init.headers).get("authorization") });
      const body = JSON.parse(String(init.body)) as Record<string, string>;
      const ciphertext = `${body.additionalAuthenticatedData}:${body.plaintext}`;
      if (url.endsWith(":encrypt")) return Response.json({ ciphertext: Buffer.from(ciphertext).toString("base64") });
      const [aad, plaintext] = Buffer.from(body.ciphertext ?? "", "base64")
        .toString()
        .split(":");
      return aad === body.additionalAuthenticatedData
        ? Response.json({ plaintext })
        : new Response("", { status: 400 });
    });
    return { requests };
  }

  it("wraps and unwraps data keys with the additional data, and fails when Cloud KMS refuses", async () => {
    const { requests } = cloud();
    const keys = kmsKeyService("projects/p/locations/l/keyRings/r/cryptoKeys/k", async () => "token");
    const dataKey = randomBytes(32);
    const wrapped = await keys.wrap(dataKey, "tenant_a/x");
    expect(await keys.unwrap(wrapped, "tenant_a/x")).toEqual(dataKey);
    await expect(keys.unwrap(wrapped, "tenant_b/x")).rejects.toThrow("Cloud KMS decrypt answered 400");
    expect(requests[0]).toEqual({
      url: "https://cloudkms.googleapis.com/v1/projects/p/locations/l/keyRings/r/cryptoKeys/k:encrypt",
      authorization: "Bearer token",
    });
  });
});

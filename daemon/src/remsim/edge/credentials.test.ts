import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Credentials, cloudKeyOf } from "./credentials.ts";

const key = randomBytes(32);
const credentials = new Credentials(key);
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("Credentials", () => {
  it("names a credential by a hash that needs the daemon's key, an API key before Basic as the cloud does", () => {
    const name = credentials.nameOf(basic("router1:secret"));
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(new Credentials(key).nameOf(basic("router1:secret"))).toBe(name);
    expect(credentials.nameOf(basic("router1:other"))).not.toBe(name);
    expect(new Credentials(randomBytes(32)).nameOf(basic("router1:secret"))).not.toBe(name);
    const both = { ...basic("router1:secret"), "x-api-key": "wt_key" };
    expect(credentials.nameOf(both)).toBe(credentials.nameOf({ "x-api-key": "wt_key" }));
    expect(credentials.nameOf({})).not.toBe(name);
  });

  it("opens what it sealed, for what it was sealed for alone", () => {
    const sealed = credentials.seal(basic("router1:secret"), "client");
    expect(sealed.includes("cm91dGVy") || sealed.includes("router1")).toBe(false);
    expect(new Credentials(key).open(sealed, "client")).toEqual(basic("router1:secret"));
    expect(() => credentials.open(sealed, "another")).toThrow();
    expect(() => new Credentials(randomBytes(32)).open(sealed, "client")).toThrow();
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => credentials.open(altered, "client")).toThrow();
    }
  });
});

describe("cloudKeyOf", () => {
  it("names a client as the cloud does, by login or by API key", () => {
    const named = (credential: string) => `rc_${sha256(`${credential}\nvm-slot0`).slice(0, 24)}`;
    expect(cloudKeyOf(basic("router1:sécret"), "vm-slot0")).toBe(named(sha256("router1:sécret")));
    expect(cloudKeyOf({ "x-api-key": "wt_key" }, "vm-slot0")).toBe(named(`key:${sha256("wt_key").slice(0, 12)}`));
  });

  it.each([[{}], [{ authorization: "Bearer abc" }], [{ authorization: "Basic" }]])("names none for %j", (headers) => {
    expect(cloudKeyOf(headers, "vm-slot0")).toBeUndefined();
  });
});

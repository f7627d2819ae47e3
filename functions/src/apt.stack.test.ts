import { createHash } from "node:crypto";
import { ChannelName, EpcId, objects, paths } from "@wisptools/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aptPassword } from "./operations/repository/aptPassword.ts";
import { publishPackages } from "./operations/repository/channelActs.ts";
import { inspectPackage } from "./operations/repository/inspectPackage.ts";
import { DEB_TYPE, packageOf } from "./operations/repository/uploads.ts";
import { type Credentials, call, deviceCall, type Reply, registration } from "./testing/client.ts";
import { debianPackage } from "./testing/debianPackage.ts";
import { idToken, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const stable = ChannelName.parse("stable");
const deb = debianPackage("served", "1:1.0+b1");
let world: World;
let ours: TestTenant;
let theirs: TestTenant;
let device: Credentials;
let foreign: Credentials;

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const enrol = async (tenant: TestTenant): Promise<Credentials> => {
  const body = registration({ tenant_id: tenant.id, enrollment_token: tenant.token });
  return (await call(world.url, "POST", "/api/epc/auto-register", body)).body;
};
const login = ({ api_key, secret_key }: Credentials, password = aptPassword(secret_key)) => ({
  authorization: `Basic ${Buffer.from(`${sha256(api_key)}:${password}`).toString("base64")}`,
});
const get = (path: string, headers: Record<string, string> = login(device), method = "GET", tenant = ours) =>
  fetch(`${world.url}/apt/${tenant.id}/${path}`, { method, headers, redirect: "manual" });
const current = async () => (await world.deps.store.channels.need("channel", ours.id, stable)).data.current;
const listed = async (path: string) => (await current()).indexes.find((file) => file.path === path)?.sha256 ?? "";

/** A signed request must be of the time that the device has. */
async function signedNow(credentials: Credentials, path: string): Promise<Reply> {
  const { offsetMs } = world.deps.clock;
  world.deps.clock.offsetMs = 0;
  const reply = await deviceCall(world.url, credentials, "POST", path, {});
  world.deps.clock.offsetMs = offsetMs;
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply;
}

async function cost(act: () => Promise<Response>): Promise<string> {
  const before = { ...world.deps.store.meter };
  expect((await act()).status).toBeLessThan(400);
  const { reads, writes } = world.deps.store.meter;
  return `${reads - before.reads} reads, ${writes - before.writes} writes`;
}

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
  [device, foreign] = await Promise.all([enrol(ours), enrol(theirs)]);
  const chunks = (async function* () {
    yield deb.content;
  })();
  const kept = packageOf(world.deps, ours.id, ours.caller, await inspectPackage(chunks, deb.content.length));
  await world.deps.store.objects.put(objects.poolFile(ours.id, kept.sha256), deb.content, DEB_TYPE);
  await world.deps.store.write().create(paths.package(ours.id, kept.id), kept).commit();
  await publishPackages(world.deps, ours.caller, stable, { add: [kept.id], remove: [], note: "" });
});
afterAll(() => world.close());
beforeEach(() => {
  world.deps.clock.offsetMs += 20_000; // what an instance believes of a credential has passed
});

describe("apt's files", () => {
  it("are the release with both signatures, its indexes by name and by hash, and the packages elsewhere", async () => {
    const { inRelease, release, releaseGpg, date } = await current();
    for (const [file, content, type] of [
      ["InRelease", inRelease, "text/plain; charset=utf-8"],
      ["Release", release, "text/plain; charset=utf-8"],
      ["Release.gpg", releaseGpg, "application/pgp-signature"],
    ]) {
      const reply = await get(`dists/stable/${file}`);
      expect([reply.status, await reply.text(), reply.headers.get("content-type")]).toEqual([200, content, type]);
      expect(reply.headers.get("last-modified")).toBe(date.toUTCString());
    }
    for (const name of ["Packages", "Packages.gz"]) {
      const hash = await listed(`main/binary-amd64/${name}`);
      for (const path of [name, `by-hash/SHA256/${hash}`]) {
        const reply = await get(`dists/stable/main/binary-amd64/${path}`);
        expect([reply.status, sha256(Buffer.from(await reply.arrayBuffer()))]).toEqual([200, hash]);
        expect(reply.headers.get("content-type")).toBe(
          name.endsWith("gz") ? "application/gzip" : "text/plain; charset=utf-8",
        );
      }
    }
    const filename = /^Filename: (pool\/.*served.*)$/m.exec(
      await (await get("dists/stable/main/binary-amd64/Packages")).text(),
    )?.[1];
    for (const path of [filename, filename?.replace("+", "%2b")]) {
      const reply = await get(path ?? "");
      expect(reply.status).toBe(302);
      expect(reply.headers.get("cache-control")).toBe("private, max-age=60");
      const there = await fetch(reply.headers.get("location") ?? "");
      expect(Buffer.from(await there.arrayBuffer())).toEqual(deb.content);
    }
  });

  it("are not sent again to who has them, by ETag or by date, and HEAD sends none", async () => {
    const first = await get("dists/stable/InRelease");
    const [etag, modified] = [first.headers.get("etag") ?? "", first.headers.get("last-modified") ?? ""];
    const with_ = (headers: Record<string, string>) =>
      get("dists/stable/InRelease", { ...login(device), "cache-control": "max-age=0", ...headers }); // as apt says it
    expect((await with_({ "if-none-match": etag })).status).toBe(304);
    expect((await with_({ "if-modified-since": modified })).status).toBe(304);
    expect((await with_({ "if-none-match": '"other"' })).status).toBe(200);
    const earlier = new Date(Date.parse(modified) - 1000).toUTCString();
    expect((await with_({ "if-modified-since": earlier })).status).toBe(200);
    const head = await get("dists/stable/InRelease", login(device), "HEAD");
    expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);
  });

  it("of an older release are served by hash", async () => {
    const older = await listed("main/binary-amd64/Packages.gz");
    const input = { add: [], remove: [deb.id as never], note: "" };
    await publishPackages(world.deps, ours.caller, stable, input);
    expect(await listed("main/binary-amd64/Packages.gz")).not.toBe(older);
    expect((await get(`dists/stable/main/binary-amd64/by-hash/SHA256/${older}`)).status).toBe(200);
    await publishPackages(world.deps, ours.caller, stable, { ...input, add: [deb.id as never], remove: [] });
  });

  it.each([
    "",
    "dists",
    "dists/stable",
    "dists/stable/",
    "dists/nowhere/InRelease",
    "dists/Stable/InRelease",
    "dists/stable/InRelease/",
    "dists/stable/../stable/InRelease%00",
    "dists/stable/main/binary-riscv64/Packages",
    "dists/stable/main/binary-armhf/Packages",
    "dists/stable/main/binary-amd64/Packages.xz",
    "dists/stable/main/i18n/Translation-en",
    `dists/stable/main/binary-amd64/by-hash/SHA256/${"0".repeat(64)}`,
    "dists/stable/main/binary-amd64/by-hash/SHA256/..%2f..%2fpool%2fx",
    "dists/stable/main/binary-amd64/by-hash/MD5Sum/0123",
    `pool/${"0".repeat(63)}/a_1_all.deb`,
    `pool/${"0".repeat(64)}/..%2f..%2fa_1_all.deb`,
    `pool/${"0".repeat(64)}/a"_1_all.deb`,
    `pool/${"0".repeat(64)}/`,
    "uploads/upl_1",
    "%zz",
  ])("are no more than that: %s", async (path) => {
    const reply = await get(path);
    expect([reply.status, reply.headers.get("location")]).toEqual([path === "%zz" ? 400 : 404, null]);
  });
});

describe("apt's credentials", () => {
  it("are a device's own, and open no other tenant's repository", async () => {
    const refused = { ...login(device, "0".repeat(64)) };
    const bearer = { authorization: `Bearer ${await idToken(ours.owner)}` };
    for (const headers of [{}, refused, bearer, { authorization: "Basic" }, { authorization: "Basic OjA=" }]) {
      const reply = await get("dists/stable/InRelease", headers as Record<string, string>);
      expect(reply.status).toBe(401);
      expect(reply.headers.get("www-authenticate")).toMatch(/^Basic realm="/);
    }
    for (const path of ["dists/stable/InRelease", "dists/nowhere/InRelease", `pool/${"0".repeat(64)}/a_1_all.deb`]) {
      expect((await get(path, login(foreign))).status).toBe(404);
    }
    expect((await get("dists/stable/InRelease", login(foreign), "GET", theirs)).status).toBe(200);
    expect(
      (await get("dists/stable/InRelease", login(device), "GET", { ...ours, id: "tenant_absent" } as TestTenant))
        .status,
    ).toBe(404);
    const hash = await listed("main/binary-amd64/Packages.gz"); // theirs has the hash, but not the object
    expect(
      (await get(`dists/stable/main/binary-amd64/by-hash/SHA256/${hash}`, login(foreign), "GET", theirs)).status,
    ).toBe(404);
  });

  it("are derived for a device that was enrolled before they were stored", async () => {
    const old = await enrol(ours);
    await world.deps.store
      .write()
      .patch(paths.deviceCredential(sha256(old.api_key)), { aptPasswordSha256: undefined })
      .commit();
    expect((await get("dists/stable/InRelease", login(old))).status).toBe(200);
    expect((await get("dists/stable/InRelease", login(old, "0".repeat(64)))).status).toBe(401);
  });

  it("end with the device's credentials; new ones hold at once, and their use here ends no others", async () => {
    const one = await enrol(ours);
    const { body } = await signedNow(one, `/api/epc/${one.epc_id}/credentials`);
    const next: Credentials = { ...one, ...body };
    const both = async () => {
      world.deps.clock.offsetMs += 20_000;
      return [
        (await get("dists/stable/InRelease", login(one))).status,
        (await get("dists/stable/InRelease", login(next))).status,
      ];
    };
    expect(await both()).toEqual([200, 200]);
    expect(await both()).toEqual([200, 200]);
    await signedNow(next, "/api/metrics/submit");
    expect(await both()).toEqual([401, 200]);
    const headers = { authorization: `Bearer ${await idToken(ours.owner)}` };
    await call(world.url, "POST", `/api/epc/${one.epc_id}/revoke-credentials?tenant_id=${ours.id}`, {}, headers);
    expect(await both()).toEqual([401, 401]);
    const epc = await world.deps.store.epcs.get(ours.id, EpcId.parse(one.epc_id));
    expect(epc?.data.credentials.revokedAt).toBeDefined();
  });
});

it("costs a device two reads for what names a channel, and none for what is named by its hash", async () => {
  const fresh = await enrol(ours);
  const path = `dists/stable/main/binary-amd64/by-hash/SHA256/${await listed("main/binary-amd64/Packages.gz")}`;
  const ask = (file: string) => cost(() => get(file, login(fresh)));
  expect(await ask("dists/stable/InRelease")).toBe("3 reads, 0 writes"); // its credential, once an hour
  expect(await ask("dists/stable/InRelease")).toBe("1 reads, 0 writes");
  expect(await ask(path)).toBe("0 reads, 0 writes");
  expect(await ask(`pool/${sha256(deb.content)}/${deb.filename}`)).toBe("0 reads, 0 writes");
  world.deps.clock.offsetMs += 20_000;
  expect(await ask("dists/stable/InRelease")).toBe("2 reads, 0 writes");
});

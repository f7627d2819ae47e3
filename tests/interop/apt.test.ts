// Real apt-get, in a root of its own, on a tenant's repository in the running stack.
import { createHash } from "node:crypto";
import { ChannelName, objects, type PackageId } from "@wisptools/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Deps } from "../../functions/src/deps.ts";
import { aptPassword } from "../../functions/src/operations/repository/aptPassword.ts";
import { publishPackages, rollBackChannel } from "../../functions/src/operations/repository/channelActs.ts";
import { repositoryKeyring } from "../../functions/src/operations/repository/keys.ts";
import { addRepositoryKey, retireRepositoryKey } from "../../functions/src/operations/repository/rotateKeys.ts";
import { beginUpload, finaliseUpload } from "../../functions/src/operations/repository/uploads.ts";
import { type Credentials, call, registration } from "../../functions/src/testing/client.ts";
import { debianPackage, type TestPackage } from "../../functions/src/testing/debianPackage.ts";
import { killEverywhere } from "../../functions/src/testing/kill.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "../../functions/src/testing/world.ts";
import { AptClient } from "./apt/client.ts";

const DAY_MS = 24 * 3_600_000;
let world: World;
/** The stack's hosting, as boxes reach it; where none runs, the same apps in this process. */
let origin: string;
let ours: TestTenant;
let device: Credentials;
let keyring: string;
const clients: AptClient[] = [];

beforeAll(async () => {
  world = await startWorld();
  origin = process.env.WISPTOOLS_URL ?? world.url;
  ours = await makeTenant(world.deps);
  device = await enrol(ours);
  keyring = await repositoryKeyring(world.deps, ours.id);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.end();
});
afterAll(() => world.close());

async function enrol(tenant: TestTenant): Promise<Credentials> {
  const body = registration({ tenant_id: tenant.id, enrollment_token: tenant.token });
  return (await call(origin, "POST", "/api/epc/auto-register", body)).body;
}

/** A box's apt that follows a channel. */
function box(
  channel: string,
  changes: { credentials?: Credentials; password?: string; keyring?: string; tenant?: string } = {},
) {
  const { api_key, secret_key } = changes.credentials ?? device;
  const url = `${origin}/apt/${changes.tenant ?? ours.id}/`;
  const login = createHash("sha256").update(api_key).digest("hex");
  const password = changes.password ?? aptPassword(secret_key);
  const client = new AptClient({ url, login, password, keyring: changes.keyring ?? keyring });
  client.follow(url, channel);
  clients.push(client);
  return client;
}

async function upload(deb: TestPackage): Promise<PackageId> {
  const input = { filename: deb.filename, size: deb.content.length };
  const { id, url } = await beginUpload(world.deps, ours.caller, input, undefined);
  await fetch(url, { method: "PUT", body: new Uint8Array(deb.content) });
  return (await finaliseUpload(world.deps, ours.caller, id)).id;
}
const publish = (deps: Deps, channel: string, add: PackageId[], remove: PackageId[] = []) =>
  publishPackages(deps, ours.caller, ChannelName.parse(channel), { add, remove, note: "" });
const later = (ms: number): Deps => ({ ...world.deps, now: () => new Date(Date.now() + ms) });
const stored = (channel: string) => world.deps.store.channels.need("channel", ours.id, ChannelName.parse(channel));

async function expectGood(client: AptClient): Promise<void> {
  const { status, output } = await client.get("update");
  expect(status, output).toBe(0);
  expect(output).not.toMatch(/^[WE]:/m);
}

async function expectBad(client: AptClient, words: RegExp): Promise<void> {
  const { status, output } = await client.get("update");
  expect(output).toMatch(words);
  expect(status, output).toBe(100);
}

describe("apt-get", () => {
  it("updates from a channel, follows the packages elsewhere, and installs, upgrades and downgrades them", async () => {
    const versions = ["1.0", "1:1.1+b1~x"].map((version) => debianPackage("interop-hello", version));
    const [one, two] = [await upload(versions[0] as TestPackage), await upload(versions[1] as TestPackage)];
    await publish(world.deps, "interop", [one]);
    const client = box("interop");
    await expectGood(client);
    const ran = await client.get("install", "interop-hello");
    expect(ran.status, ran.output).toBe(0);
    expect(client.installed("usr/share/interop-hello/version")).toBe("1.0\n");
    await publish(world.deps, "interop", [two]);
    await expectGood(client);
    expect(await client.versions("interop-hello")).toEqual(["1:1.1+b1~x", "1.0"]);
    expect((await client.get("install", "interop-hello=1:1.1+b1~x")).status).toBe(0);
    expect(client.installed("usr/share/interop-hello/version")).toBe("1:1.1+b1~x\n");
    expect((await client.get("install", "--allow-downgrades", "interop-hello=1.0")).status).toBe(0);
    expect(client.installed("usr/share/interop-hello/version")).toBe("1.0\n");
    const again = await client.get("update");
    expect(again.output).toMatch(/^Hit:1/m); // nothing new is not sent again
  });

  it("is refused with wrong credentials, and finds no repository of another tenant", async () => {
    await expectBad(box("stable", { password: "0".repeat(64) }), /401 +Unauthorized/);
    const theirs = await makeTenant(world.deps);
    await expectBad(box("stable", { tenant: theirs.id }), /404 +Not Found/);
    const foreign = box("stable", {
      credentials: await enrol(theirs),
      tenant: theirs.id,
      keyring: await repositoryKeyring(world.deps, theirs.id),
    });
    await expectGood(foreign);
    await expectBad(box("stable", { credentials: await enrol(theirs) }), /404 +Not Found/);
  });
});

describe("what was tampered with", () => {
  it("is noticed: a package", async () => {
    const deb = debianPackage("interop-forged", "1.0");
    const id = await upload(deb);
    await publish(world.deps, "interop-forged", [id]);
    const client = box("interop-forged");
    await expectGood(client);
    const { sha256 } = (await world.deps.store.packages.need("package", ours.id, id)).data;
    const forged = Buffer.from(deb.content);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    await world.deps.store.objects.put(objects.poolFile(ours.id, sha256), forged, "application/octet-stream");
    const ran = await client.get("install", "interop-forged");
    expect(ran.output).toMatch(/Hash Sum mismatch/);
    expect(ran.status).toBe(100);
    expect(client.installed("usr/share/interop-forged/version")).toBeUndefined();
  });

  it("is noticed: an index", async () => {
    await publish(world.deps, "interop-index", [await upload(debianPackage("interop-index", "1.0"))]);
    const { indexes } = (await stored("interop-index")).data.current;
    for (const { sha256, path } of indexes) {
      const real = (await world.deps.store.objects.bytes(objects.indexFile(ours.id, sha256))) ?? Buffer.alloc(0);
      const forged = path.endsWith(".gz")
        ? Buffer.concat([real.subarray(0, -1), Buffer.from([1])])
        : Buffer.from(real.toString().replace("interop", "intrude"));
      await world.deps.store.objects.put(objects.indexFile(ours.id, sha256), forged, "application/octet-stream");
    }
    const client = box("interop-index");
    await expectBad(client, /Hash Sum mismatch|File has unexpected size/);
    expect(await client.versions("interop-index")).toEqual([]);
  });

  it("is noticed: a release", async () => {
    await publish(world.deps, "interop-release", [await upload(debianPackage("interop-release", "1.0"))]);
    const { path, data } = await stored("interop-release");
    const inRelease = data.current.inRelease.replace("Suite: interop-release", "Suite: interop-Release");
    await world.deps.store
      .write()
      .patch(path, { current: { ...data.current, inRelease } })
      .commit();
    await expectBad(box("interop-release"), /BADSIG|signatures were invalid/);
  });
});

describe("a release", () => {
  it("that nobody signed again in time is refused", async () => {
    await publish(later(-11 * DAY_MS), "interop-old", []);
    await expectBad(box("interop-old"), /is expired/);
  });

  it("from the future is refused", async () => {
    await publish(later(DAY_MS), "interop-future", []);
    await expectBad(box("interop-future"), /is not valid yet/);
  });

  it("older than what a box has is passed over; a rollback is newer, and taken", async () => {
    const [one, two] = [
      await upload(debianPackage("interop-back", "1.0")),
      await upload(debianPackage("interop-back", "2.0")),
    ];
    await publish(world.deps, "interop-back", [one]);
    const first = await stored("interop-back");
    await publish(world.deps, "interop-back", [two], [one]);
    const client = box("interop-back");
    await expectGood(client);
    const second = await stored("interop-back");
    await world.deps.store.write().patch(second.path, { current: first.data.current }).commit(); // somebody replays the old one
    expect((await client.get("update")).status).toBe(0);
    expect(await client.versions("interop-back")).toEqual(["2.0"]);
    await world.deps.store.write().patch(second.path, { current: second.data.current }).commit();
    const input = { snapshot_id: first.data.current.snapshotId, note: "" };
    await rollBackChannel(world.deps, ours.caller, first.data.id, input);
    await expectGood(client);
    expect(await client.versions("interop-back")).toEqual(["1.0"]);
  });
});

it("signed by two keys contents who trusts either; of a retired key nobody is content", async () => {
  const tenant = await makeTenant(world.deps);
  const credentials = await enrol(tenant);
  const old = (await world.deps.store.repositoryKeys.active(tenant.id))[0]?.data;
  const added = await addRepositoryKey(world.deps, tenant.caller, "rsa4096");
  const both = await repositoryKeyring(world.deps, tenant.id);
  const trusting = (keys: string) => box("stable", { credentials, tenant: tenant.id, keyring: keys });
  for (const keys of [old?.publicKey ?? "", added.publicKey, both]) await expectGood(trusting(keys));
  await retireRepositoryKey(world.deps, tenant.caller, old?.id ?? "");
  await expectGood(trusting(added.publicKey));
  await expectGood(trusting(both));
  await expectBad(trusting(old?.publicKey ?? ""), /NO_PUBKEY|not signed|couldn't be verified/);
});

it("published by one who died at any write is whole: apt updates and fetches all that it lists", async () => {
  const ids: PackageId[] = [];
  for (let n = 0; n < 6; n++)
    ids.push(await upload(debianPackage(`interop-killed-${n}`, "1.0", { architecture: "amd64" })));
  await publish(world.deps, "interop-killed", ids.slice(0, 1));
  const client = box("interop-killed");
  const kills = await killEverywhere(
    world.deps,
    (deps, round) => publish(deps, "interop-killed", ids.slice(0, round + 2)),
    async (round, died) => {
      await expectGood(client);
      const names = ids.slice(0, died ? 1 : round + 2).map((id) => id.split("_")[0] ?? "");
      const fetched = await client.get("download", ...names);
      expect(fetched.status, fetched.output).toBe(0);
      expect(await client.versions(`interop-killed-${round + 1}`)).toEqual(died ? [] : ["1.0"]);
    },
  );
  expect(kills).toBe(4);
});

it("reads nothing of the machine's own configuration", async () => {
  const { output } = await box("stable").run("apt-config", ["dump"]);
  expect(output).toContain('Acquire::Check-Valid-Until "true";');
  expect(output).not.toContain("/etc/apt");
});

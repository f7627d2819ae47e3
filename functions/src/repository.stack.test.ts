import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  AppError,
  type api,
  ChannelName,
  may,
  objects,
  PackageId,
  PERMISSIONS,
  type Permission,
  packagesOf,
  paths,
  ROLES,
  UploadId,
} from "@wisptools/core";
import type { ObjectState } from "@wisptools/store";
import { readCleartextMessage, readKeys } from "openpgp";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { log } from "./logs.ts";
import { createApiKey } from "./operations/accessKeys.ts";
import { channelPackages } from "./operations/repository/channelPackages.ts";
import { deletePackage } from "./operations/repository/deletePackage.ts";
import { ensureRepository } from "./operations/repository/ensureRepository.ts";
import { resignExpiring } from "./operations/repository/resign.ts";
import { finaliseUpload } from "./operations/repository/uploads.ts";
import { call, type Reply } from "./testing/client.ts";
import { debianPackage, type TestPackage } from "./testing/debianPackage.ts";
import { idToken, makePerson, makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

const DAY_MS = 24 * 3_600_000;
let world: World;
let ours: TestTenant;
let theirs: TestTenant;
/** One key may ask so often; we take turns. */
let keys: string[];
let turn = 0;

beforeAll(async () => {
  world = await startWorld();
  [ours, theirs] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
  const more = Array.from({ length: 5 }, () => createApiKey(world.deps, ours.caller, { label: "test", role: "admin" }));
  keys = (await Promise.all(more)).map(({ secret }) => secret);
});
afterAll(() => world.close());

const send = (method: string, path: string, body?: unknown, tenant = ours): Promise<Reply> =>
  call(world.url, method, `/api/epc-updates${path}`, body, { "x-api-key": keyOf(tenant) });
const keyOf = (tenant: TestTenant) => (tenant === ours ? (keys[turn++ % keys.length] ?? "") : tenant.apiKey);
const ok = async (method: string, path: string, body?: unknown, tenant = ours) => {
  const reply = await send(method, path, body, tenant);
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
};
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const channelOf = async (name: string, tenant = ours) =>
  (await world.deps.store.channels.need("channel", tenant.id, ChannelName.parse(name))).data;
const idsIn = async (name: string, tenant = ours) =>
  (await channelPackages(world.deps, tenant.id, ChannelName.parse(name)))?.packages.map(({ id }) => id as string);
const publish = (channel: string, input: object, tenant = ours) =>
  send("POST", `/channels/${channel}/publish`, input, tenant);

async function put(deb: Pick<TestPackage, "filename" | "content">, size = deb.content.length, tenant = ours) {
  const begun = await ok("POST", "/packages/uploads", { filename: deb.filename, size }, tenant);
  const stored = await fetch(begun.upload_url, { method: "PUT", body: new Uint8Array(deb.content) });
  expect(stored.status).toBe(200);
  return begun.upload_id as UploadId;
}
const finalise = (id: string, body: object = {}, tenant = ours) =>
  send("POST", `/packages/uploads/${id}/finalise`, body, tenant);
async function upload(deb: TestPackage, body: object = {}, tenant = ours) {
  const reply = await finalise(await put(deb, undefined, tenant), body, tenant);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body as { package: api.PackageView; channel: api.ChannelView };
}

/** The fingerprints of the keys in a package of the keyring, as dpkg-deb unpacks it. */
async function keysInPackage(id: string, tenant = ours): Promise<string[]> {
  const { packages } = await ok("GET", "/packages?name=wisptools-keyring", undefined, tenant);
  const { sha256: hash } = packages.find((one: api.PackageView) => one.package_id === id);
  const input = await world.deps.store.objects.bytes(objects.poolFile(tenant.id, hash));
  const tar = execFileSync("dpkg-deb", ["--fsys-tarfile", "-"], { input });
  const armored = execFileSync("tar", ["-xO", "./etc/apt/keyrings/wisptools.asc"], { input: tar, encoding: "utf8" });
  return (await readKeys({ armoredKeys: armored })).map((key) => key.getFingerprint());
}

/** Everything that the current release lists is stored and is what it says. */
async function checkConsistent(name: string, tenant = ours): Promise<string> {
  const { current } = await channelOf(name, tenant);
  const keys = await readKeys({ armoredKeys: (await ok("GET", "/gpg-key", undefined, tenant)).armored });
  const message = await readCleartextMessage({ cleartextMessage: current.inRelease });
  for (const { verified } of await message.verify(keys)) expect(await verified).toBe(true);
  expect(`${message.getText().replaceAll("\r\n", "\n").trimEnd()}\n`).toBe(current.release);
  expect(current.indexes.length).toBeGreaterThan(3);
  let text = "";
  for (const { path, size, sha256: hash } of current.indexes) {
    expect(current.release).toContain(` ${hash} ${size} ${path}\n`);
    const stored = await world.deps.store.objects.bytes(objects.indexFile(tenant.id, hash));
    expect([stored?.length, sha256(stored ?? "")]).toEqual([size, hash]);
    if (path.endsWith("amd64/Packages")) text = stored?.toString("utf8") ?? "";
    if (path.endsWith("amd64/Packages.gz")) expect(gunzipSync(stored ?? "").toString("utf8")).toBe(text);
  }
  for (const { sha256: hash, size } of packagesOf(text)) {
    expect((await world.deps.store.objects.state(objects.poolFile(tenant.id, hash)))?.size).toBe(size);
  }
  return text;
}

describe("a new tenant", () => {
  it("has a key and three channels, which are signed and empty but for the platform's packages", async () => {
    const { path, channels, keys } = await ok("GET", "/repository");
    expect(path).toBe(`/apt/${ours.id}/`);
    expect(channels.map((one: api.ChannelView) => one.channel)).toEqual(["dev", "canary", "stable"]);
    expect(keys).toMatchObject([{ algorithm: "ed25519", state: "active" }]);
    const own = world.deps.devicePackages.length + 1; // the keyring
    for (const { channel } of channels) {
      expect((await channelOf(channel)).current.packages).toBe(own);
      await checkConsistent(channel);
    }
  });

  it("is not made twice by two that try at once", async () => {
    const tenant = await makeTenant(world.deps);
    const before = { ...world.deps.store.meter };
    const twice = [1, 2].map(() => ensureRepository({ ...world.deps, devicePackages: [] }, tenant));
    await Promise.all(twice);
    expect(world.deps.store.meter.writes).toBe(before.writes);
    await ensureRepository(world.deps, tenant);
    expect((await world.deps.store.repositoryKeys.all(tenant.id)).length).toBe(1);
  });

  it("is given newer packages of the platform in dev alone, and what was taken out stays out", async () => {
    const tenant = await makeTenant({ ...world.deps, devicePackages: [debianPackage("platform-a", "1.0")] });
    const keyring = "wisptools-keyring_1.1_all";
    expect(await idsIn("stable", tenant)).toEqual(["platform-a_1.0_all", keyring]);
    const newer = { ...world.deps, devicePackages: [debianPackage("platform-a", "1.1")] };
    await Promise.all([
      ensureRepository(newer, tenant),
      ensureRepository({ ...newer, devicePackages: [...newer.devicePackages] }, tenant),
    ]);
    expect(await idsIn("dev", tenant)).toEqual(["platform-a_1.0_all", "platform-a_1.1_all", keyring]);
    expect(await idsIn("stable", tenant)).toEqual(["platform-a_1.0_all", keyring]);
    await checkConsistent("dev", tenant);
    expect((await publish("dev", { remove: ["platform-a_1.1_all"] }, tenant)).status).toBe(200);
    await ensureRepository({ ...newer, devicePackages: [...newer.devicePackages] }, tenant);
    expect(await idsIn("dev", tenant)).toEqual(["platform-a_1.0_all", keyring]);
  });
});

describe("an upload", () => {
  it.each(["gzip", "xz", "zstd", "none"] as const)(
    "of a package packed by %s becomes one of the pool",
    async (compression) => {
      const deb = debianPackage(`packed-${compression}`, "1:2.0~rc1-1+b1", { architecture: "amd64", compression });
      const { package: kept } = await upload(deb);
      expect(kept).toMatchObject({
        package_id: deb.id,
        name: `packed-${compression}`,
        version: "1:2.0~rc1-1+b1",
        architecture: "amd64",
        size: deb.content.length,
        sha256: sha256(deb.content),
        summary: `The package packed-${compression}`,
      });
      expect(await world.deps.store.objects.bytes(objects.poolFile(ours.id, kept.sha256))).toEqual(deb.content);
      expect((await ok("GET", `/packages?name=packed-${compression}`)).packages).toEqual([kept]);
    },
  );

  it("finalised again, or twice at once, or uploaded again, gives the same package", async () => {
    const deb = debianPackage("again", "1.0");
    const id = await put(deb);
    const [first, second] = await Promise.all([finalise(id), finalise(id)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.package).toEqual(second.body.package);
    expect((await finalise(id)).body).toEqual(first.body);
    expect((await upload(deb)).package).toEqual(first.body.package);
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    expect(audits.filter((one) => one.target === deb.id)).toHaveLength(1);
    expect(await world.deps.store.objects.state(objects.packageUpload(ours.id, id))).toBeUndefined();
  });

  it("of the same package with other content is refused, and the first stays", async () => {
    const first = await upload(debianPackage("taken", "1.0"));
    const id = await put(debianPackage("taken", "1.0", { files: { "usr/share/taken/more": "x" } }));
    const reply = await finalise(id);
    expect([reply.status, reply.body.error.message]).toEqual([
      409,
      "taken_1.0_all exists with other content; a change needs a new version",
    ]);
    const again = await finalise(id);
    expect([again.status, again.body.error]).toEqual([409, reply.body.error]);
    expect((await ok("GET", "/packages?name=taken")).packages).toEqual([first.package]);
    expect(await world.deps.store.objects.state(objects.packageUpload(ours.id, id))).toBeUndefined();
  });

  it("of two different contents at once gives one package", async () => {
    const debs = [1, 2].map((n) => debianPackage("rivals", "1.0", { files: { "usr/share/rivals/n": String(n) } }));
    const ids = await Promise.all(debs.map((deb) => put(deb)));
    const replies = await Promise.all(ids.map((id) => finalise(id)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("to a channel is published there", async () => {
    const deb = debianPackage("straight", "1.0");
    const { channel } = await upload(deb, { channel: "dev" });
    expect(channel.channel).toBe("dev");
    expect(await checkConsistent("dev")).toContain("Package: straight\n");
    expect(await idsIn("stable")).not.toContain(deb.id);
  });

  it("that never came is told apart from one that nobody began", async () => {
    const { upload_id } = await ok("POST", "/packages/uploads", { filename: "x_1_all.deb", size: 10 });
    const early = await finalise(upload_id);
    expect([early.status, early.body.error.reason]).toEqual([412, "upload_missing"]);
    expect((await finalise(`upl_${"0".repeat(32)}`)).status).toBe(404);
  });

  const good = debianPackage("bad", "1.0");
  const ar = (...members: [string, Buffer][]) =>
    Buffer.concat([
      Buffer.from("!<arch>\n"),
      ...members.flatMap(([name, content]) => [
        Buffer.from(
          `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(content.length).padEnd(10)}\`\n`,
        ),
        content,
        Buffer.from(content.length % 2 ? "\n" : ""),
      ]),
    ]);
  const format: [string, Buffer] = ["debian-binary", Buffer.from("2.0\n")];
  const data: [string, Buffer] = ["data.tar.gz", gzipSync("")];
  const named = (content: Buffer, filename = "bad_1.0_all.deb") => ({ filename, content });
  const bad: [string, { filename: string; content: Buffer; size?: number }, RegExp][] = [
    ["text", named(Buffer.from("this is no package")), /^file: /],
    ["one octet", named(Buffer.from("!")), /^file: /],
    ["cut short", named(good.content.subarray(0, good.content.length - 200)), /^file: ends at octet/],
    ["cut in its control", named(good.content.subarray(0, 150)), /^file: ends at octet/],
    ["an ar archive of something else", named(ar(["hello.txt", Buffer.from("hi")], data)), /not a Debian package/],
    [
      "of an unknown format",
      named(ar(["debian-binary", Buffer.from("3.0\n")], ["control.tar.gz", gzipSync("")], data)),
      /unknown format/,
    ],
    ["without control.tar", named(ar(format, data)), /control\.tar must be/],
    [
      "with damaged gzip",
      named(ar(format, ["control.tar.gz", Buffer.from("nonsense")], data)),
      /^control\.tar: is damaged/,
    ],
    [
      "with damaged xz",
      named(ar(format, ["control.tar.xz", Buffer.from("nonsense")], data)),
      /^control\.tar: is damaged/,
    ],
    [
      "with damaged zstd",
      named(ar(format, ["control.tar.zst", Buffer.from("nonsense")], data)),
      /^control\.tar: is damaged/,
    ],
    ["with control.tar.bz2", named(ar(format, ["control.tar.bz2", Buffer.from("BZh")], data)), /only control\.tar/],
    [
      "a bomb",
      named(ar(format, ["control.tar.gz", gzipSync(Buffer.alloc(64 * 1024 ** 2))], data)),
      /inflates to more than/,
    ],
    [
      "with an empty control.tar",
      named(ar(format, ["control.tar.gz", gzipSync(Buffer.alloc(1024))], data)),
      /no file control/,
    ],
    ["of another name than its file", named(good.content, "other_1.0_all.deb"), /^filename: is other_1\.0_all\.deb/],
    ["of a foreign architecture", debianPackage("foreign", "1.0", { architecture: "riscv64" }), /^Architecture: /],
    [
      "without maintainer",
      debianPackage("nobody", "1.0", { fields: { Maintainer: undefined } }),
      /^Maintainer: is missing/,
    ],
    ["with a broken relation", debianPackage("broken", "1.0", { fields: { Depends: "a (1.0" } }), /^Depends: /],
    ["of another size than announced", { ...named(good.content), size: good.content.length + 1 }, /^size: /],
  ];
  it.each(bad)("of a file that is %s is refused with the reason, and deleted", async (_what, deb, message) => {
    const id = await put(deb, deb.size);
    const reply = await finalise(id);
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toMatch(message);
    const again = await finalise(id);
    expect([again.status, again.body.error]).toEqual([400, reply.body.error]);
    expect(reply.body.error.message).toMatch(new RegExp(`^${reply.body.error.field}: `));
    expect(await world.deps.store.objects.state(objects.packageUpload(ours.id, id))).toBeUndefined();
    expect((await world.deps.store.packageUploads.get(ours.id, UploadId.parse(id)))?.data.state).toBe("refused");
    expect((await ok("GET", "/packages?name=bad")).packages).toEqual([]);
  });
});

describe("publishing", () => {
  const debs = ["1.0", "1.1", "2.0"].map((version) => debianPackage("many", version));
  const [one, two, three] = debs.map(({ id }) => id) as [string, string, string];
  beforeAll(async () => {
    for (const deb of debs) await upload(deb);
  });

  it("keeps several versions of a package, and says in history and audit what changed, with the snapshot's hash", async () => {
    const { channel } = (await publish("fresh", { add: [one, two] })).body;
    expect(channel).toMatchObject({ channel: "fresh", sequence: 1, packages: 2 });
    expect(await idsIn("fresh")).toEqual([one, two]);
    await publish("fresh", { add: [three], remove: [one], note: "swap" });
    const { current } = await channelOf("fresh");
    const first = await world.deps.store.publications.get(ours.id, "fresh-1");
    expect(first?.data.snapshotId).toBe(channel.snapshot_id);
    const history = await world.deps.store.publications.get(ours.id, "fresh-2");
    expect(history?.data).toMatchObject({
      action: "publish",
      added: [three],
      removed: [one],
      note: "swap",
      packages: 2,
    });
    const audits = await world.deps.store.raw(paths.audits(ours.id));
    expect(audits.filter(({ summary }) => summary.includes(current.snapshotId))).toMatchObject([
      { action: "repository.publish", target: "fresh", summary: expect.stringContaining("2 packages; swap") },
    ]);
    await checkConsistent("fresh");
    const contents = await ok("GET", `/channels/fresh/packages?snapshot_id=${channel.snapshot_id}`);
    expect(contents.packages.map((each: { package_id: string }) => each.package_id)).toEqual([one, two]);
  });

  it("of what is there already changes nothing", async () => {
    const before = await channelOf("fresh");
    expect((await publish("fresh", { add: [three], remove: [one] })).body.channel.sequence).toBe(before.sequence);
    expect(await channelOf("fresh")).toEqual(before);
  });

  it("by several at once loses nobody's package", async () => {
    const many = ["a", "b", "c", "d"].map((name) => debianPackage(`at-once-${name}`, "1.0"));
    for (const deb of many) await upload(deb);
    const replies = await Promise.all(many.map(({ id }) => publish("crowded", { add: [id] })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await idsIn("crowded")).toEqual(many.map(({ id }) => id));
    expect((await channelOf("crowded")).sequence).toBe(4);
    await checkConsistent("crowded");
  });

  it("dates each release after the one before", async () => {
    const dates = [(await channelOf("fresh")).current.date.getTime()];
    for (const [add, remove] of [
      [[one], []],
      [[], [one]],
      [[one], []],
    ]) {
      await publish("fresh", { add, remove });
      dates.push((await channelOf("fresh")).current.date.getTime());
    }
    expect(dates).toEqual([...new Set(dates)].sort((a, b) => a - b));
  });

  it("names what is wrong", async () => {
    const absent = await publish("dev", { add: ["absent_1.0_all"] });
    expect([absent.status, absent.body.error.message]).toEqual([404, "add: no package absent_1.0_all"]);
    expect((await publish("dev", { add: [one], remove: [one] })).body.error.field).toBe("remove");
    expect((await publish("Dev", { add: [one] })).body.error.field).toBe("channel");
    expect((await send("POST", "/channels/dev/promote", { from: "dev" })).body.error.field).toBe("from");
    expect((await send("POST", "/channels/dev/promote", { from: "nowhere" })).status).toBe(404);
    expect((await send("POST", "/channels/nowhere/rollback", { snapshot_id: "0".repeat(64) })).status).toBe(404);
    expect((await send("POST", "/channels/dev/rollback", { snapshot_id: "0".repeat(64) })).body.error.field).toBe(
      "snapshot_id",
    );
    expect((await send("GET", "/channels/nowhere/packages")).status).toBe(404);
  });

  it("a channel's snapshot to another keeps it whole; rolling back brings the old one with a new date", async () => {
    await publish("source", { add: [one] });
    await publish("target", { add: [two] });
    const before = await channelOf("target");
    const promoted = await ok("POST", "/channels/target/promote", { from: "source", note: "go" });
    const source = await channelOf("source");
    expect(promoted.channel.snapshot_id).toBe(source.current.snapshotId);
    expect((await channelOf("target")).current.inRelease).not.toBe(source.current.inRelease);
    expect((await channelOf("target")).current.release).toContain("Suite: target\n");
    const body = { snapshot_id: before.current.snapshotId, note: "back" };
    const rolled = (await ok("POST", "/channels/target/rollback", body)).channel;
    expect(rolled.snapshot_id).toBe(before.current.snapshotId);
    expect(Date.parse(rolled.date)).toBeGreaterThan(Date.parse(promoted.channel.date));
    expect(await idsIn("target")).toEqual([two]);
    const actions = ["target-1", "target-2", "target-3"].map((id) => world.deps.store.publications.get(ours.id, id));
    expect((await Promise.all(actions)).map((each) => each?.data.action)).toEqual(["publish", "promote", "rollback"]);
    await checkConsistent("target");
  });
});

describe("a package", () => {
  it("is deleted only when no channel has it, and a snapshot that had it can no more be rolled back to", async () => {
    const [kept, lost] = [debianPackage("kept", "1.0"), debianPackage("lost", "1.0")];
    await upload(kept);
    const { package: view } = await upload(lost);
    const { channel } = (await publish("deletes", { add: [kept.id, lost.id] })).body;
    const path = `/packages/${lost.id}`;
    const refused = await send("DELETE", path);
    expect([refused.status, refused.body.error.message]).toEqual([
      412,
      "lost_1.0_all is in deletes; take it out there first",
    ]);
    await publish("deletes", { remove: [lost.id] });
    await ok("DELETE", path);
    expect((await send("DELETE", path)).status).toBe(404);
    expect(await world.deps.store.objects.state(objects.poolFile(ours.id, view.sha256))).toBeUndefined();
    const back = await send("POST", "/channels/deletes/rollback", { snapshot_id: channel.snapshot_id });
    expect([back.status, back.body.error.message]).toEqual([412, "snapshot_id: its package lost_1.0_all was deleted"]);
    expect((await publish("deletes", { add: [lost.id] })).status).toBe(404);
    await upload(lost); // the same content again: the snapshot is whole again
    expect((await send("POST", "/channels/deletes/rollback", { snapshot_id: channel.snapshot_id })).status).toBe(200);
    await checkConsistent("deletes");
  });

  it.each(["state", "delete"] as const)(
    "that is uploaded again stays, when a slow deletion of the one before has come to its %s of the object only",
    async (step) => {
      const deb = debianPackage(`slowly-deleted-${step}`, "1.0");
      await upload(deb);
      const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const { store } = world.deps;
      const act = {
        state: store.objects.state.bind(store.objects),
        // As Cloud Storage does; the emulator takes no precondition.
        delete: async (name: string, seen?: ObjectState) => {
          const { generation } = (await store.objects.state(name)) ?? {};
          if (generation !== seen?.generation) throw new AppError("aborted", "written since");
          await store.objects.delete(name);
        },
      };
      const slowly = async (...args: [string]) => {
        reached.resolve();
        await goOn.promise;
        return act[step](...args);
      };
      const objects = Object.assign(Object.create(store.objects) as typeof store.objects, act, { [step]: slowly });
      const first = deletePackage(
        { ...world.deps, store: { ...store, objects } },
        ours.caller,
        PackageId.parse(deb.id),
      );
      await reached.promise;
      await ok("DELETE", `/packages/${deb.id}`);
      await upload(deb, { channel: `anew-${step}` });
      goOn.resolve();
      await first;
      expect(await idsIn(`anew-${step}`)).toEqual([deb.id]);
      await checkConsistent(`anew-${step}`);
      expect((await ok("GET", `/packages?name=slowly-deleted-${step}`)).packages).toHaveLength(1);
    },
  );

  it("whose object a deletion took while it was taken in again gets it again", async () => {
    const deb = debianPackage("taken-away", "1.0");
    const file = objects.poolFile(ours.id, sha256(deb.content));
    const { store } = world.deps;
    const write = () => {
      const real = store.write();
      const commit = real.commit.bind(real);
      return Object.assign(real, {
        commit: async () => {
          await store.objects.delete(file);
          await commit();
        },
      });
    };
    await finaliseUpload({ ...world.deps, store: { ...store, write } }, ours.caller, await put(deb));
    expect(await store.objects.bytes(file)).toEqual(deb.content);
  });

  it("that is being deleted is not taken in, nor its object; the upload stays until it is gone", async () => {
    const deb = debianPackage("half-gone", "1.0");
    const { package: view } = await upload(deb);
    const file = objects.poolFile(ours.id, view.sha256);
    await world.deps.store.write().patch(paths.package(ours.id, deb.id), { deleting: true }).commit();
    await world.deps.store.objects.delete(file);
    const id = await put(deb);
    const refused = await finalise(id);
    expect([refused.status, refused.body.error.reason]).toEqual([412, "package_deleting"]);
    expect(await world.deps.store.objects.state(file)).toBeUndefined();
    await ok("DELETE", `/packages/${deb.id}`);
    expect((await finalise(id)).status).toBe(200);
    expect(await world.deps.store.objects.bytes(file)).toEqual(deb.content);
  });

  it("deleted and published at the same time is one or the other", async () => {
    for (const n of [1, 2, 3, 4]) {
      const deb = debianPackage(`torn-${n}`, "1.0");
      await upload(deb);
      const channel = n % 2 ? "torn" : `torn-${n}`; // one that exists, and one that begins
      await publish("torn", {});
      const [deleted, published] = await Promise.all([
        send("DELETE", `/packages/${deb.id}`),
        publish(channel, { add: [deb.id] }),
      ]);
      const outcome = [deleted.status, published.status];
      expect([
        [200, 404],
        [412, 200],
      ]).toContainEqual(outcome);
      const stored = await world.deps.store.packages.get(ours.id, PackageId.parse(deb.id));
      expect(stored !== undefined).toBe(published.status === 200);
    }
    await checkConsistent("torn");
  });
});

describe("keys", () => {
  it("rotate: a new one signs beside the old, announced by it; the old one retires, the last cannot", async () => {
    const tenant = await makeTenant(world.deps);
    const first = (await channelOf("stable", tenant)).current.fingerprints;
    const { fingerprint } = await ok("POST", "/keys", { algorithm: "ed25519" }, tenant);
    expect((await channelOf("stable", tenant)).current.fingerprints).toEqual([...first, fingerprint]);
    await checkConsistent("stable", tenant);
    const { armored, announcements } = await ok("GET", "/gpg-key", undefined, tenant);
    const keys = await readKeys({ armoredKeys: armored });
    expect(keys.map((key) => key.getFingerprint())).toEqual([...first, fingerprint]);
    const announcement = await readCleartextMessage({ cleartextMessage: announcements[0] });
    const [checked] = await announcement.verify(keys.slice(0, 1));
    expect(await checked?.verified).toBe(true);
    const [told] = await readKeys({ armoredKeys: announcement.getText() });
    expect(told?.getFingerprint()).toBe(fingerprint);
    for (const name of ["dev", "canary", "stable"]) {
      expect((await idsIn(name, tenant))?.filter((id) => id.startsWith("wisptools-keyring"))).toEqual([
        "wisptools-keyring_1.1_all",
        "wisptools-keyring_1.2_all",
      ]);
    }
    expect(await keysInPackage("wisptools-keyring_1.2_all", tenant)).toEqual([...first, fingerprint]);
    await ok("POST", `/keys/${first[0]}/retire`, {}, tenant);
    expect((await channelOf("stable", tenant)).current.fingerprints).toEqual([fingerprint]);
    expect(await keysInPackage("wisptools-keyring_1.3_all", tenant)).toEqual([fingerprint]);
    await checkConsistent("stable", tenant);
    await ok("POST", `/keys/${first[0]}/retire`, {}, tenant);
    const last = await send("POST", `/keys/${fingerprint}/retire`, {}, tenant);
    expect([last.status, last.body.error.message]).toMatchObject([412, expect.stringContaining("last active key")]);
    const states = (await ok("GET", "/repository", undefined, tenant)).keys.map((key: { state: string }) => key.state);
    expect(states).toEqual(["retired", "active"]);
    expect(JSON.stringify(await world.deps.store.raw(paths.repositoryKeys(tenant.id)))).not.toContain("PRIVATE KEY");
  });

  it("once changed, are in every channel, whatever older snapshot it is rolled back to or given", async () => {
    const tenant = await makeTenant(world.deps);
    const keyrings = async (name: string) => (await idsIn(name, tenant))?.filter((id) => id.includes("-keyring_"));
    const roll = (snapshot_id: string) => ok("POST", "/channels/stable/rollback", { snapshot_id }, tenant);
    const before = (await channelOf("stable", tenant)).current.snapshotId;
    const { fingerprint } = await ok("POST", "/keys", {}, tenant);
    const deb = debianPackage("regretted", "1.0");
    await upload(deb, { channel: "stable" }, tenant);
    const { channel } = await roll(before);
    expect(channel.snapshot_id).not.toBe(before);
    expect(channel.snapshot_id).toBe((await channelOf("stable", tenant)).current.snapshotId);
    expect(await keyrings("stable")).toEqual(["wisptools-keyring_1.1_all", "wisptools-keyring_1.2_all"]);
    expect((await roll(before)).channel).toEqual(channel); // which it has already

    expect((await publish("dev", { remove: ["wisptools-keyring_1.2_all"] }, tenant)).status).toBe(200);
    for (const to of ["canary", "fresh"]) {
      await ok("POST", `/channels/${to}/promote`, { from: "dev" }, tenant);
      expect(await keyrings(to)).toEqual(["wisptools-keyring_1.1_all", "wisptools-keyring_1.2_all"]);
      await checkConsistent(to, tenant);
    }
    const told = (await world.deps.store.publications.get(tenant.id, `stable-${channel.sequence}`))?.data;
    expect(told).toMatchObject({ action: "rollback", snapshotId: channel.snapshot_id, added: [], removed: [deb.id] });

    await ok("POST", `/keys/${(await channelOf("stable", tenant)).current.fingerprints[0]}/retire`, {}, tenant);
    await roll(before);
    expect(await keyrings("stable")).toEqual(["wisptools-keyring_1.1_all", "wisptools-keyring_1.3_all"]);
    expect(await keysInPackage("wisptools-keyring_1.3_all", tenant)).toEqual([fingerprint]);
    await checkConsistent("stable", tenant);
  });

  it("whose package is not in the pool any more bring it back with a roll back; while it is being deleted, that says so", async () => {
    const tenant = await makeTenant(world.deps);
    const before = (await channelOf("stable", tenant)).current.snapshotId;
    await ok("POST", "/keys", {}, tenant);
    const id = PackageId.parse("wisptools-keyring_1.2_all");
    for (const name of ["dev", "canary", "stable"]) await publish(name, { remove: [id] }, tenant);
    await world.deps.store.write().patch(paths.package(tenant.id, id), { deleting: true }).commit();
    const roll = () => send("POST", "/channels/stable/rollback", { snapshot_id: before }, tenant);
    await publish("stable", { remove: ["wisptools-keyring_1.1_all"] }, tenant); // so that there is something to roll back
    const refused = await roll();
    expect([refused.status, refused.body.error.reason]).toEqual([412, "package_deleting"]);
    await ok("DELETE", `/packages/${id}`, undefined, tenant);
    expect((await roll()).status).toBe(200);
    expect(await idsIn("stable", tenant)).toContain(id);
    await checkConsistent("stable", tenant);
  });

  it("of which two are retired at the same time: one stays", async () => {
    const tenant = await makeTenant(world.deps);
    const [first] = (await channelOf("stable", tenant)).current.fingerprints;
    const { fingerprint } = await ok("POST", "/keys", {}, tenant);
    const both = [first, fingerprint].map((each) => send("POST", `/keys/${each}/retire`, {}, tenant));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await channelOf("stable", tenant)).current.fingerprints).toHaveLength(1);
    await checkConsistent("stable", tenant);
  });
});

describe("the daily schedule", () => {
  it("signs again what ends within nine days, whatever becomes of the others, and tells of those in an alert", async () => {
    const [well, ill] = await Promise.all([makeTenant(world.deps), makeTenant(world.deps)]);
    const alerts = () => world.deps.store.raw(paths.alerts(ill.id));
    const before = await channelOf("stable", well);
    const key = (await channelOf("stable", ill)).current.fingerprints[0];
    const secret = paths.secret(ill.id, `repositoryKey-${key}`);
    const sealed = (await world.deps.store.secrets.get(ill.id, `repositoryKey-${key}`))?.data ?? {};
    const later = (days: number) => resignExpiring(daysLater(days, [well, ill]));
    await later(0.5);
    expect((await channelOf("stable", well)).sequence).toBe(before.sequence);
    await world.deps.store.write().patch(secret, { tag: "AAAA" }).commit();
    await later(1.5);
    const after = await channelOf("stable", well);
    expect(after).toMatchObject({ sequence: before.sequence + 1, publishedAt: before.publishedAt });
    expect(after.current).toMatchObject({ snapshotId: before.current.snapshotId, indexes: before.current.indexes });
    expect(after.validUntil.getTime() - before.validUntil.getTime()).toBeGreaterThan(DAY_MS);
    expect((await alerts()).map(({ id, severity, state }) => [id, severity, state]).sort()).toEqual([
      ["repository-expiry-canary", "warning", "open"],
      ["repository-expiry-dev", "warning", "open"],
      ["repository-expiry-stable", "warning", "open"],
    ]);
    await later(6);
    expect((await alerts()).map(({ severity }) => severity)).toEqual(["critical", "critical", "critical"]);
    await world.deps.store.write().patch(secret, sealed).commit();
    await later(6);
    expect((await alerts()).map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    expect((await world.deps.store.raw(paths.alerts(well.id))).length).toBe(0);
  });

  it("gives dev what the platform has newer, once, and says what was changed without a new version", async () => {
    const tenant = await makeTenant({ ...world.deps, devicePackages: [debianPackage("platform-b", "1.0")] });
    const changed = debianPackage("platform-b", "1.0", { files: { "usr/share/platform-b/more": "x" } });
    const spy = vi.spyOn(log, "platformPackageLeftOut");
    const devicePackages = [changed, debianPackage("platform-b", "1.1")];
    const day = (days: number) => resignExpiring({ ...daysLater(days, [tenant]), devicePackages });
    expect(await day(2)).toEqual({ resigned: 3, failed: 0 });
    const keyring = "wisptools-keyring_1.1_all";
    expect(await idsIn("dev", tenant)).toEqual(["platform-b_1.0_all", "platform-b_1.1_all", keyring]);
    expect(await idsIn("stable", tenant)).toEqual(["platform-b_1.0_all", keyring]);
    await checkConsistent("dev", tenant);
    const told = spy.mock.calls.map(([fields]) => fields);
    expect(told).toContainEqual({
      tenantId: tenant.id,
      packageId: changed.id,
      reason: expect.stringContaining(`not ${sha256(changed.content)}; a change needs a new version`),
    });
    spy.mockRestore();
    const { sequence } = await channelOf("dev", tenant);
    expect(await day(4)).toEqual({ resigned: 3, failed: 0 });
    expect((await channelOf("dev", tenant)).sequence).toBe(sequence + 1); // signed again, and nothing else
  });

  it("signs the channels of a tenant whose repository cannot be given the platform's packages", async () => {
    const tenant = await makeTenant(world.deps);
    const broken = { filename: "broken_1.0_all.deb", content: new Uint8Array(10) };
    expect(await resignExpiring({ ...daysLater(2, [tenant]), devicePackages: [broken] })).toEqual({
      resigned: 3,
      failed: 0,
    });
  });

  afterEach(() => {
    world.deps.clock.offsetMs = 0;
  });

  it("tells of a key half a year before it ends, until it is retired", async () => {
    const tenant = await makeTenant(world.deps);
    const [old] = (await channelOf("stable", tenant)).current.fingerprints;
    const key = paths.repositoryKey(tenant.id, old ?? "");
    await world.deps.store
      .write()
      .patch(key, { expiresAt: new Date(Date.now() + 100 * DAY_MS) })
      .commit();
    await resignExpiring(daysLater(2, [tenant]));
    world.deps.clock.offsetMs = 2 * DAY_MS;
    const alert = async () => (await world.deps.store.raw(paths.alerts(tenant.id))).map(({ id, state }) => [id, state]);
    expect(await alert()).toEqual([[`repository-key-expiry-${old}`, "open"]]);
    await ok("POST", "/keys", {}, tenant);
    await ok("POST", `/keys/${old}/retire`, {}, tenant);
    expect(await alert()).toEqual([[`repository-key-expiry-${old}`, "resolved"]]);
  });
});

describe("who may", () => {
  it("is the permission table, for each role; another tenant's people and keys get nothing", async () => {
    const { package: own } = await upload(debianPackage("guarded", "1.0"));
    const absent = "0".repeat(40);
    const requests: [Permission, string, string, unknown?][] = [
      ["updates.read", "GET", "/repository"],
      ["updates.read", "GET", "/sources"],
      ["updates.read", "GET", "/gpg-key"],
      ["updates.read", "GET", "/packages"],
      ["updates.read", "GET", "/channels"],
      ["updates.read", "GET", "/channels/stable/packages"],
      ["updates.publish", "POST", "/packages/uploads", { filename: "x_1_all.deb", size: 1 }],
      ["updates.publish", "POST", `/packages/uploads/upl_${"0".repeat(32)}/finalise`, {}],
      ["updates.publish", "POST", "/channels/guarded/publish", { add: [own.package_id] }],
      ["updates.publish", "POST", "/channels/guarded/promote", { from: "stable" }],
      ["updates.publish", "POST", "/channels/guarded/rollback", { snapshot_id: "0".repeat(64) }],
      ["updates.publish", "DELETE", "/packages/absent_1.0_all"],
      ["updates.keys", "POST", `/keys/${absent}/retire`],
    ];
    const people = await Promise.all(ROLES.map(async (role) => idToken(await makePerson(world.deps, ours, role))));
    const stranger = await idToken(theirs.owner);
    const request = (headers: Record<string, string>, method: string, path: string, body: unknown) =>
      call(world.url, method, `/api/epc-updates${path}?tenant_id=${ours.id}`, body, headers);
    for (const [permission, method, path, body] of requests) {
      for (const [index, role] of ROLES.entries()) {
        const reply = await request({ authorization: `Bearer ${people[index]}` }, method, path, body);
        expect.soft(reply.status === 403, `${role} ${method} ${path}: ${reply.status}`).toBe(!may(role, permission));
        expect.soft(reply.status).not.toBe(500);
      }
      const outsiders = [{ authorization: `Bearer ${stranger}` }, { "x-api-key": theirs.apiKey }];
      for (const headers of outsiders) {
        const reply = await request(headers, method, path, body);
        expect.soft([reply.status, reply.body.error?.message]).toEqual([404, "tenant not found"]);
      }
      expect.soft((await request({}, method, path, body)).status).toBe(401);
    }
    expect(PERMISSIONS["updates.keys"]).toBe("admin");
  });

  it("never reaches another tenant's packages, uploads, channels or keys by their ids", async () => {
    const deb = debianPackage("foreign-one", "1.0");
    const id = await put(deb, undefined, theirs);
    expect((await finalise(id)).status).toBe(404);
    await upload(deb, { channel: "theirs-alone" }, theirs);
    expect((await publish("dev", { add: [deb.id] })).status).toBe(404);
    expect((await send("DELETE", `/packages/${deb.id}`)).status).toBe(404);
    expect((await send("POST", "/channels/dev/promote", { from: "theirs-alone" })).status).toBe(404);
    const { current } = await channelOf("theirs-alone", theirs);
    const body = { snapshot_id: current.snapshotId };
    expect((await send("POST", "/channels/dev/rollback", body)).status).toBe(404);
    expect((await send("POST", `/keys/${current.fingerprints[0]}/retire`)).status).toBe(404);
    expect(await idsIn("theirs-alone", theirs)).toEqual([deb.id]);
  });
});

it("tells a box's entry for sources.list.d as the caller reaches us", async () => {
  const { host } = new URL(world.url);
  const reply = await send("GET", "/sources?channel=canary");
  expect(reply.body).toBe(
    `Types: deb\nURIs: http://${host}/apt/${ours.id}/\nSuites: canary\nComponents: main\nSigned-By: /etc/apt/keyrings/wisptools.asc\n`,
  );
  expect(reply.headers.get("content-type")).toContain("text/plain");
  const headers = {
    "x-api-key": ours.apiKey,
    "x-forwarded-host": "updates.example.test",
    "x-forwarded-proto": "https",
  };
  const proxied = await call(world.url, "GET", "/api/epc-updates/sources", undefined, headers);
  expect(proxied.body).toContain(`URIs: https://updates.example.test/apt/${ours.id}/\nSuites: stable\n`);
});

/** Another instance, some days later, with these tenants alone: other tests share the database. */
function daysLater(days: number, tenants: TestTenant[]): World["deps"] {
  const { store } = world.deps;
  const channels = Object.assign(Object.create(store.channels) as typeof store.channels, {
    expiring: async (by: Date, limit: number) =>
      (await store.channels.expiring(by, limit)).filter(({ data }) => tenants.some(({ id }) => id === data.tenantId)),
  });
  const repositorySigner = Object.assign(Object.create(store.repositorySigner) as typeof store.repositorySigner, {
    open: new Map(),
  });
  const now = () => new Date(Date.now() + days * DAY_MS);
  return { ...world.deps, now, store: { ...store, channels, repositorySigner } };
}

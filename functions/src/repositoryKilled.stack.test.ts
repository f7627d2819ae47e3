// Whoever publishes may die between any two writes: clients see what was before or what is after, whole.
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { ChannelName, objects, PackageId, packagesOf, type UploadId } from "@wisptools/core";
import { readCleartextMessage, readKeys } from "openpgp";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Deps } from "./deps.ts";
import { aptPassword } from "./operations/repository/aptPassword.ts";
import { promoteChannel, publishPackages, rollBackChannel } from "./operations/repository/channelActs.ts";
import { deletePackage } from "./operations/repository/deletePackage.ts";
import { ensureRepository } from "./operations/repository/ensureRepository.ts";
import { repositoryKeyring } from "./operations/repository/keys.ts";
import { addRepositoryKey, retireRepositoryKey } from "./operations/repository/rotateKeys.ts";
import { beginUpload, finaliseUpload } from "./operations/repository/uploads.ts";
import { call, registration } from "./testing/client.ts";
import { debianPackage, type TestPackage } from "./testing/debianPackage.ts";
import { Killed, killEverywhere, killedBefore } from "./testing/kill.ts";
import { makeTenant, startWorld, type TestTenant, type World } from "./testing/world.ts";

let world: World;
let ours: TestTenant;
let authorization: string;

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const channel = (name: string) => ChannelName.parse(name);
const [dev, stable] = [channel("dev"), channel("stable")];
const platforms = new Map<number, TestPackage>();
const platform = (n: number): TestPackage => {
  const made = platforms.get(n) ?? debianPackage("killed-platform", `1.${n}`);
  platforms.set(n, made);
  return made;
};

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => begin());
afterAll(() => world.close());

/** A tenant of its own, with a device. */
async function begin(): Promise<void> {
  ours = await makeTenant(world.deps);
  const body = registration({ tenant_id: ours.id, enrollment_token: ours.token });
  const device = (await call(world.url, "POST", "/api/epc/auto-register", body)).body;
  const pair = `${sha256(device.api_key)}:${aptPassword(device.secret_key)}`;
  authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
}

async function get(path: string): Promise<Buffer> {
  const reply = await fetch(`${world.url}/apt/${ours.id}/${path}`, { headers: { authorization } });
  expect(reply.status, path).toBe(200);
  return Buffer.from(await reply.arrayBuffer());
}

/** What a client sees: all that its InRelease lists is served and fits, down to each package. Returns its packages. */
async function seen(name: ChannelName): Promise<string[]> {
  const armored = await repositoryKeyring(world.deps, ours.id);
  const inRelease = (await get(`dists/${name}/InRelease`)).toString("utf8");
  const message = await readCleartextMessage({ cleartextMessage: inRelease });
  const checks = await message.verify(await readKeys({ armoredKeys: armored }));
  const fits = await Promise.all(checks.map(({ verified }) => verified.catch(() => false)));
  expect(fits).toContain(true); // apt is content with one good signature
  let text = "";
  for (const [, hash, size, path = ""] of inRelease.matchAll(/^ ([0-9a-f]{64}) (\d+) (\S+)$/gm)) {
    const content = await get(`dists/${name}/${path.slice(0, path.lastIndexOf("/"))}/by-hash/SHA256/${hash}`);
    expect([String(content.length), sha256(content)]).toEqual([size, hash]);
    expect(sha256(await get(`dists/${name}/${path}`))).toBe(hash);
    if (path.endsWith("amd64/Packages.gz")) text = gunzipSync(content).toString("utf8");
  }
  const filenames = [...text.matchAll(/^Filename: (.*)$/gm)].map(([, path = ""]) => path);
  const packages = packagesOf(text);
  for (const [index, { sha256: hash }] of packages.entries())
    expect(sha256(await get(filenames[index] ?? ""))).toBe(hash);
  return packages.map(({ id }) => id);
}

async function put(deps: Deps, deb: TestPackage) {
  const begun = await beginUpload(deps, ours.caller, { filename: deb.filename, size: deb.content.length }, undefined);
  await fetch(begun.url, { method: "PUT", body: new Uint8Array(deb.content) });
  return begun.id;
}
async function upload(deb: TestPackage): Promise<PackageId> {
  return (await finaliseUpload(world.deps, ours.caller, await put(world.deps, deb))).id;
}
const publish = (deps: Deps, name: ChannelName, add: PackageId[], remove: PackageId[] = []) =>
  publishPackages(deps, ours.caller, name, { add, remove, note: "" });

it("publishing to a channel, at any of its writes", async () => {
  const before = await seen(stable);
  const added: PackageId[] = [];
  for (let n = 0; n < 10; n++) added.push(await upload(debianPackage(`killed-${n}`, "1.0", { architecture: "amd64" })));
  const kills = await killEverywhere(
    world.deps,
    (deps, round) => publish(deps, stable, [added[round] as PackageId]),
    async (round, died) => expect(await seen(stable)).toEqual([...(died ? [] : [added[round]]), ...before].sort()),
  );
  // Packages and Packages.gz of amd64 (arm64 has not changed), the snapshot, the documents together.
  expect(kills).toBe(4);
});

it("publishing to a channel that begins, promoting and rolling back, at any of their writes", async () => {
  const [one, two] = [await upload(debianPackage("first", "1.0")), await upload(debianPackage("second", "1.0"))];
  const fresh = channel("fresh");
  const began = await killEverywhere(
    world.deps,
    (deps) => publish(deps, fresh, [one]),
    async (_round, died) => {
      if (!died) expect(await seen(fresh)).toEqual([one]);
      else expect(await world.deps.store.channels.get(ours.id, fresh)).toBeUndefined();
    },
  );
  expect(began).toBe(4);
  const first = await world.deps.store.channels.need("channel", ours.id, fresh);
  await publish(world.deps, dev, [two]);
  const inDev = await seen(dev);
  const promoted = await killEverywhere(
    world.deps,
    (deps) => promoteChannel(deps, ours.caller, fresh, { from: dev, note: "" }),
    async (_round, died) => expect(await seen(fresh)).toEqual(died ? [one] : inDev),
  );
  const back = { snapshot_id: first.data.current.snapshotId, note: "" };
  const rolled = await killEverywhere(
    world.deps,
    (deps) => rollBackChannel(deps, ours.caller, fresh, back),
    async (_round, died) => expect(await seen(fresh)).toEqual(died ? inDev : [one]),
  );
  expect([promoted, rolled]).toEqual([1, 1]); // everything is stored already: there is only the switch
});

it("taking in an upload, at any of its writes; done again, it is whole", async () => {
  const debs = [0, 1, 2, 3, 4, 5].map((n) => debianPackage(`uploaded-${n}`, "1.0"));
  const uploads = await Promise.all(debs.map((deb) => put(world.deps, deb)));
  const kills = await killEverywhere(
    world.deps,
    (deps, round) => finaliseUpload(deps, ours.caller, uploads[round] as UploadId),
    async (round) => {
      const deb = debs[round] as TestPackage;
      const file = () => world.deps.store.objects.bytes(objects.poolFile(ours.id, sha256(deb.content)));
      const kept = await world.deps.store.packages.get(ours.id, PackageId.parse(deb.id));
      if (kept) expect(await file()).toEqual(deb.content);
      const { id } = await finaliseUpload(world.deps, ours.caller, uploads[round] as UploadId);
      expect([id, await file()]).toEqual([deb.id, deb.content]);
    },
  );
  expect(kills).toBe(3); // the copy, the documents, the upload's end
});

it("deleting a package, at any of its writes; done again, it is gone", async () => {
  const ids: PackageId[] = [];
  for (const n of [0, 1, 2, 3]) ids.push(await upload(debianPackage(`deleted-${n}`, "1.0")));
  const before = await seen(stable);
  const kills = await killEverywhere(
    world.deps,
    (deps, round) => deletePackage(deps, ours.caller, ids[round] as PackageId),
    async (round, died) => {
      const id = ids[round] as PackageId;
      const published = publish(world.deps, channel(`taker-${round}`), [id]);
      if (round > 0) await expect(published).rejects.toThrow("no package");
      else await publish(world.deps, (await published).id, [], [id]);
      expect(await seen(stable)).toEqual(before);
      if (died) await deletePackage(world.deps, ours.caller, id);
      expect(await world.deps.store.packages.get(ours.id, id)).toBeUndefined();
    },
  );
  expect(kills).toBe(3); // the mark, the file, the document
});

it("giving a tenant newer packages of the platform, at any of its writes; done again, it is whole", async () => {
  const kills = await killEverywhere(
    world.deps,
    (deps, round) => ensureRepository({ ...deps, devicePackages: [platform(round)] }, ours),
    async (round) => {
      await seen(dev);
      await ensureRepository({ ...world.deps, devicePackages: [platform(round)] }, ours);
      expect(await seen(dev)).toContain(platform(round).id);
    },
  );
  expect(kills).toBe(5); // the file, two index files, the snapshot, the documents
});

it("adding a key, killed before all channels were signed by it: the old one retires only when they are", async () => {
  for (const at of [1, 3]) {
    const [old] = await world.deps.store.repositoryKeys.active(ours.id);
    const added = addRepositoryKey(killedBefore(world.deps, at), ours.caller, "ed25519");
    await expect(added).rejects.toThrow(Killed);
    await seen(stable);
    const fingerprint = old?.data.id ?? "";
    await expect(retireRepositoryKey(killedBefore(world.deps, 4), ours.caller, fingerprint)).rejects.toThrow(Killed);
    for (const name of [dev, stable]) await seen(name); // with the keyring of now, which lacks the old one
    await retireRepositoryKey(world.deps, ours.caller, fingerprint);
    const active = await world.deps.store.repositoryKeys.active(ours.id);
    const { fingerprints } = (await world.deps.store.channels.need("channel", ours.id, stable)).data.current;
    expect(fingerprints).toEqual(active.map(({ data }) => data.id));
    expect(fingerprints).not.toContain(fingerprint);
  }
});

it("costs Firestore three reads and one for each package added, and four writes, whatever the channel holds", async () => {
  const ids: PackageId[] = [];
  for (const n of [1, 2, 3]) ids.push(await upload(debianPackage(`costs-${n}`, "1.0")));
  const cost = async (act: () => Promise<unknown>) => {
    world.deps.clock.offsetMs += 5_000; // else so many publications in a second wait for its end
    const before = { ...world.deps.store.meter };
    await act();
    const { reads, writes } = world.deps.store.meter;
    return `${reads - before.reads} reads, ${writes - before.writes} writes`;
  };
  expect(await cost(() => publish(world.deps, stable, ids.slice(0, 1)))).toBe("4 reads, 4 writes");
  expect(await cost(() => publish(world.deps, stable, ids.slice(1)))).toBe("5 reads, 4 writes");
  expect(await cost(() => publish(world.deps, stable, [], ids.slice(1, 2)))).toBe("3 reads, 4 writes");
  const { snapshotId } = (await world.deps.store.channels.need("channel", ours.id, stable)).data.current;
  const promote = () => promoteChannel(world.deps, ours.caller, dev, { from: stable, note: "" });
  expect(await cost(promote)).toBe("5 reads, 3 writes");
  await publish(world.deps, stable, ids);
  const back = () => rollBackChannel(world.deps, ours.caller, stable, { snapshot_id: snapshotId, note: "" });
  expect(await cost(back)).toBe("4 reads, 3 writes");
  const deb = debianPackage("costs-upload", "1.0");
  let id = await put(world.deps, deb);
  expect(await cost(async () => (id = await put(world.deps, deb)))).toBe("0 reads, 1 writes");
  expect(await cost(() => finaliseUpload(world.deps, ours.caller, id))).toBe("2 reads, 3 writes");
  const whole = { ...world.deps, devicePackages: [...world.deps.devicePackages] };
  expect(await cost(() => ensureRepository(whole, ours))).toBe("8 reads, 0 writes");
  expect(await cost(() => ensureRepository(whole, ours))).toBe("0 reads, 0 writes");
});

// What a tool published is looked at, so that nobody is fast by doing nothing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DEFAULT_CHANNEL, objects } from "@wisptools/core";
import { openStore } from "@wisptools/store";
import { filePlatform } from "./fileCloud.ts";
import type { Tool } from "./peers.ts";
import { tenantId } from "./take.ts";

/** Ours as a tool like the peers. */
export function oursTool(name: string, program: string): Tool {
  const node = `"${process.execPath}" "${program}"`;
  return {
    name,
    needs: ["node", "nodejs"],
    prepare: (folder) => execFileSync(process.execPath, [program, "prepare", folder]),
    ingest: `${node} ingest . "$PACKAGES" > log`,
    add: `${node} add . "$DEB" > log`,
    index: "",
    inRelease: "InRelease",
  };
}

function checkIndex(name: string, text: string, release: string, count: number): void {
  const found = text.match(/^Package: /gm)?.length ?? 0;
  if (found !== count) throw new Error(`${name} published ${found} packages, not ${count}`);
  const hash = createHash("sha256").update(text).digest("hex");
  if (!release.includes(`${hash} `)) throw new Error(`${name}: its Release does not list its Packages`);
}

/** @throws Error unless there are so many packages in an index that the signed release lists. */
export function checkPeer({ name, index, inRelease }: Tool, folder: string, count: number): void {
  const release = execFileSync("gpg", ["--batch", "--decrypt", join(folder, inRelease)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  checkIndex(name, readFileSync(join(folder, index), "utf8"), release.toString(), count);
}

/** Like `checkPeer`, of what a channel's document and objects have. */
export async function checkOurs({ name }: Tool, folder: string, count: number): Promise<void> {
  const store = openStore(filePlatform(folder), { wrap: async (key) => key, unwrap: async (key) => key });
  const { current } = (await store.channels.need("channel", tenantId, DEFAULT_CHANNEL)).data;
  const [key] = await store.repositoryKeys.active(tenantId);
  writeFileSync(join(folder, "InRelease"), current.inRelease);
  writeFileSync(join(folder, "key.asc"), key?.data.publicKey ?? "");
  execFileSync("gpg", ["--dearmor", "-o", join(folder, "key.gpg"), join(folder, "key.asc")]);
  const keyring = ["--keyring", join(folder, "key.gpg")];
  const release = execFileSync("gpgv", [...keyring, "--output", "-", join(folder, "InRelease")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const file = current.indexes.find(({ path }) => path === "main/binary-amd64/Packages.gz");
  const packed = await store.objects.bytes(objects.indexFile(tenantId, file?.sha256 ?? ""));
  if (!packed) throw new Error("ours stored no index");
  checkIndex(name, gunzipSync(packed).toString(), release.toString(), count);
}

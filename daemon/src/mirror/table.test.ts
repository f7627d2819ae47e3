import { open, type RootDatabase } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Batches } from "./batches.ts";
import { Table } from "./table.ts";
import { removeFolder, temporaryFolder } from "./testing/mirrors.ts";

describe("Table", () => {
  let folder: string;
  let root: RootDatabase;
  let batches: Batches;
  let table: Table<number>;
  beforeEach(() => {
    folder = temporaryFolder();
    root = open({ path: `${folder}/db` });
    batches = new Batches(root);
    table = new Table(root.openDB<number, string>({ name: "t" }), batches);
  });
  afterEach(async () => {
    await root.close();
    removeFolder(folder);
  });

  it("reads what was written at once, and never an older value afterwards", async () => {
    let stale = 0;
    const look = (expected: number | undefined): void => {
      if (table.get("k") !== expected) stale++;
    };
    for (let i = 0; i < 200; i++) {
      let written = false;
      void batches
        .run(() => void table.put("k", i))
        .then(() => {
          look(i);
          written = true;
        });
      while (!written) {
        look(i);
        table.db.get("k");
        await (i % 2 ? new Promise(setImmediate) : Promise.resolve());
        if (i % 2 === 0) await new Promise((wake) => setTimeout(wake, 0));
      }
      look(i);
      if (i % 3) continue;
      const removed = table.remove("k");
      look(undefined);
      table.db.get("k");
      await removed;
      look(undefined);
    }
    expect(stale).toBe(0);
  });

  it("lists keys of a prefix, those under way included and those being removed not", async () => {
    await Promise.all(Array.from({ length: 1200 }, (_, i) => table.put(`a/${String(i).padStart(4, "0")}`, i)));
    await Promise.all([table.put("b/1", 1), table.put("a", 1)]);
    void table.put("a/9999", 1);
    const removed = table.remove("a/0007");
    const keys = [...table.keys("a/")];
    expect([keys.length, keys.includes("a/9999"), keys.includes("a/0007"), keys[0]]).toEqual([
      1200,
      true,
      false,
      "a/0000",
    ]);
    await removed;
    expect([...table.keys("a/")].length).toBe(1200);
    expect([...table.keys()].length).toBe(1202);
  });
});

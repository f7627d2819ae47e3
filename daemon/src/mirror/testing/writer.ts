// A process to be killed: tells what it was promised.
import { openMirror } from "../openMirror.ts";
import { readStoreKey } from "../storeKey.ts";
import { registrationOf } from "./mirrors.ts";

const dataDir = process.argv[2] ?? "";
const mirror = openMirror({ dataDir, storeKey: readStoreKey(dataDir), mode: "cloud", log: () => {} });
for (let i = 1; i < 100_000; i++) {
  mirror.sqnLease.lease(i);
  const registration = registrationOf("001010000000001", { at: i });
  mirror.reporter.registered(registration);
  await mirror.registrations.put(registration);
  process.stdout.write(`${JSON.stringify({ promised: i, leased: i })}\n`);
}

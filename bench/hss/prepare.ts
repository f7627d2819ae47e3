// node prepare.ts DIR COUNT: a mirror with so many subscribers, as a daemon finds it at a warm start.

import { openMirror } from "../../daemon/src/mirror/openMirror.ts";
import { makeStandaloneTenant, putStandalone } from "../../daemon/src/mirror/standaloneSubscribers.ts";
import { readStoreKey } from "../../daemon/src/mirror/storeKey.ts";
import { documentOf, REALM } from "./subscribers.ts";

const BATCH = 20_000;
const [dataDir = "", count = "0"] = process.argv.slice(2);

const mirror = openMirror({ dataDir, storeKey: readStoreKey(dataDir), mode: "folder", log: () => {} });
await makeStandaloneTenant(mirror.inside, REALM);
for (let n = 1; n <= Number(count); n++) {
  putStandalone(mirror.inside, documentOf(n));
  if (n % BATCH === 0) await mirror.inside.environment.root.flushed;
}
await mirror.inside.environment.meta.put("synced", true);
await mirror.inside.environment.root.flushed;
const { subscribers } = mirror.stats();
await mirror.close();
console.log(JSON.stringify({ subscribers }));

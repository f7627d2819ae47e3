// npm run seed: writes emulator-data/ from seed.ts, which is the source. Exports differ from run to run in names and
// times, so this is run when the demo world changes, not before every start.
import { command } from "./lifetime.ts";
import { ROOT } from "./places.ts";
import { startStack } from "./stack.ts";

await command(async () => {
  const stack = await startStack({ only: ["auth", "firestore", "storage"] });
  const reply = await fetch(`http://${stack.env.FIREBASE_EMULATOR_HUB}/_admin/export`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path: `${ROOT}/emulator-data`, initiatedBy: "npm run seed" }),
  });
  if (!reply.ok) throw new Error(`the emulators did not export: ${await reply.text()}`);
  await stack.stop();
  console.log("emulator-data/ holds the demo world of scripts/dev/seed.ts");
  return 0;
});

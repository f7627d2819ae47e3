import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { BIN, ROOT } from "./places.ts";
import { endWith, exited } from "./processes.ts";

const OWNER = { email: "owner@wisp123.test", password: "wisptools-demo" };
const LIMIT = 60_000;

/** Runs seed.ts in a process of its own: its connections end with it, and no module remembers these emulators. */
export async function seedWorld(env: Record<string, string>): Promise<void> {
  const seed = pathToFileURL(`${ROOT}/scripts/dev/seed.ts`).href;
  const program = `await (await import(${JSON.stringify(seed)})).seed(); process.exit(0);`;
  const child = spawn(`${BIN}/node`, ["--input-type=module", "-e", program], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const forget = endWith(child);
  const status = await exited(child).finally(forget);
  if (status !== 0) throw new Error(`seeding the demo world failed with status ${status}`);
}

/** Signs in through the Auth emulator and returns the ID token. */
export async function signIn(env: Record<string, string>, who: typeof OWNER = OWNER): Promise<string> {
  const url = `http://${env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=demo`;
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...who, returnSecureToken: true }),
  });
  if (!reply.ok) throw new Error(`${who.email} cannot sign in: ${await reply.text()}`);
  return ((await reply.json()) as { idToken: string }).idToken;
}

/** Ready means that an authenticated request through hosting works. Functions start cold, so the first ones may fail. */
export async function answersSignedIn(env: Record<string, string>): Promise<void> {
  const authorization = `Bearer ${await signIn(env)}`;
  const deadline = Date.now() + LIMIT;
  let last = "no answer";
  while (Date.now() < deadline) {
    const reply = await fetch(`${env.WISPTOOLS_URL}/api/me`, { headers: { authorization } }).catch(() => undefined);
    if (reply?.ok && reply.headers.get("content-type")?.includes("json")) return;
    if (reply?.ok) throw new Error("/api/me answered with the UI's page: no rewrite of firebase.json takes it");
    if (reply) last = `${reply.status} ${(await reply.text()).slice(0, 300)}`;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`GET /api/me, signed in, did not succeed within ${LIMIT / 1000} s: ${last}`);
}

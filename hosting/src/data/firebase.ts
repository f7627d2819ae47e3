import { type FirebaseApp, type FirebaseOptions, initializeApp } from "firebase/app";
import {
  type Auth,
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
} from "firebase/auth";
import { connectFirestoreEmulator, type Firestore, getFirestore } from "firebase/firestore";

export let auth: Auth;
export let db: Firestore;

/** The local stack keeps every port at the same distance from its usual one, so the page's own port tells the others. */
function emulatorOffset(): number | undefined {
  const { hostname, port } = location;
  return hostname === "127.0.0.1" || hostname === "localhost" ? Number(port || 80) - 5000 : undefined;
}

async function hostedOptions(): Promise<FirebaseOptions> {
  const reply = await fetch("/__/firebase/init.json");
  if (!reply.ok) throw new Error(`the project's configuration answered ${reply.status}`);
  return (await reply.json()) as FirebaseOptions;
}

/** Must have ended before anything else of this folder is used. */
export async function connect(): Promise<void> {
  const offset = emulatorOffset();
  const options = offset === undefined ? await hostedOptions() : { projectId: "demo-wisptools", apiKey: "demo" };
  const app: FirebaseApp = initializeApp(options);
  auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  db = getFirestore(app);
  if (offset === undefined) return;
  connectAuthEmulator(auth, `http://127.0.0.1:${9099 + offset}`, { disableWarnings: true });
  connectFirestoreEmulator(db, "127.0.0.1", 8080 + offset);
}

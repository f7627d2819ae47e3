import type { Bucket } from "@google-cloud/storage";
import { initializeApp } from "firebase-admin/app";
import { type Auth, getAuth } from "firebase-admin/auth";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { getStorage } from "firebase-admin/storage";
import { TaskQueue } from "./taskQueue.ts";

export interface Platform {
  db: Firestore;
  auth: Auth;
  bucket: Bucket;
  projectId: string;
  /** An OAuth token of the service account, for Google APIs without a client library here. */
  accessToken(): Promise<string>;
}

/** A platform with the queues of its task functions. */
export interface ServerPlatform extends Platform {
  tasks: TaskQueue;
}

/**
 * Options of gRPC for processes that listen for months: a connection that died without a word is noticed, and an interruption is soon over.
 * Emulators take frequent pings for an attack.
 */
export function longLived(): Record<string, number> {
  const pings = { "grpc.keepalive_time_ms": 30_000, "grpc.keepalive_timeout_ms": 10_000 };
  return { "grpc.max_reconnect_backoff_ms": 5_000, ...(process.env.FIRESTORE_EMULATOR_HOST ? {} : pings) };
}

/** Connects to Firestore, Auth and Storage; the emulators where their variables say so. Nothing runs at import. `channel`: options of gRPC. */
export function connect(projectId: string, bucketName: string, channel: Record<string, number> = {}): ServerPlatform {
  const app = initializeApp({ projectId, storageBucket: bucketName }, `wisptools-${connections++}`);
  const db = getFirestore(app);
  db.settings({ ignoreUndefinedProperties: true, ...channel });
  return {
    db,
    auth: getAuth(app),
    bucket: getStorage(app).bucket(),
    projectId,
    tasks: new TaskQueue(app),
    accessToken: async () => {
      const credential = app.options.credential;
      if (!credential) throw new Error("no service account credential");
      return (await credential.getAccessToken()).access_token;
    },
  };
}

let connections = 0;

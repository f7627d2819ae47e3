import type { Bucket } from "@google-cloud/storage";
import { initializeApp } from "firebase-admin/app";
import { type Auth, getAuth } from "firebase-admin/auth";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { getStorage } from "firebase-admin/storage";

export interface Platform {
  db: Firestore;
  auth: Auth;
  bucket: Bucket;
  projectId: string;
  /** An OAuth token of the service account, for Google APIs without a client library here. */
  accessToken(): Promise<string>;
}

/** Connects to Firestore, Auth and Storage; the emulators where their variables say so. Nothing runs at import. */
export function connect(projectId: string, bucketName: string): Platform {
  const app = initializeApp({ projectId, storageBucket: bucketName }, `wisptools-${connections++}`);
  const db = getFirestore(app);
  db.settings({ ignoreUndefinedProperties: true });
  return {
    db,
    auth: getAuth(app),
    bucket: getStorage(app).bucket(),
    projectId,
    accessToken: async () => {
      const credential = app.options.credential;
      if (!credential) throw new Error("no service account credential");
      return (await credential.getAccessToken()).access_token;
    },
  };
}

let connections = 0;

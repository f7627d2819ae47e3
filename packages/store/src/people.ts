import { AppError } from "@wisptools/core";
import type { Auth } from "firebase-admin/auth";

/** A signed-in person, as Firebase Auth vouches for it. */
export interface Person {
  uid: string;
  email: string;
  displayName: string;
  /** The address is known to be the person's. */
  emailVerified: boolean;
  platformAdmin: boolean;
}

/** Firebase Auth accounts. */
export class People {
  private readonly auth: Auth;

  constructor(auth: Auth) {
    this.auth = auth;
  }

  /** Whose ID token this is; `unauthenticated` when it is nobody's. */
  async byIdToken(token: string): Promise<Person> {
    try {
      const claims = await this.auth.verifyIdToken(token);
      return {
        uid: claims.uid,
        email: (claims.email ?? "").toLowerCase(),
        displayName: typeof claims.name === "string" ? claims.name : (claims.email ?? claims.uid),
        emailVerified: claims.email_verified === true,
        platformAdmin: claims.platformAdmin === true,
      };
    } catch (error) {
      throw new AppError("unauthenticated", "sign in again: the ID token is not valid", {
        reason: "id_token_invalid",
        cause: error,
      });
    }
  }

  async byEmail(email: string): Promise<Person | undefined> {
    try {
      const user = await this.auth.getUserByEmail(email);
      return {
        uid: user.uid,
        email: email.toLowerCase(),
        displayName: user.displayName ?? email,
        emailVerified: user.emailVerified,
        platformAdmin: user.customClaims?.platformAdmin === true,
      };
    } catch (error) {
      if ((error as { code?: string }).code === "auth/user-not-found") return undefined;
      throw error;
    }
  }

  /** Makes or updates an account; for the seed and tests. */
  async put(person: Person, password: string): Promise<void> {
    const profile = {
      email: person.email,
      displayName: person.displayName,
      password,
      emailVerified: person.emailVerified,
    };
    await this.auth.updateUser(person.uid, profile).catch(() => this.auth.createUser({ uid: person.uid, ...profile }));
    await this.auth.setCustomUserClaims(person.uid, person.platformAdmin ? { platformAdmin: true } : null);
  }
}

import {
  browserPopupRedirectResolver,
  createUserWithEmailAndPassword,
  GoogleAuthProvider,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
  signInWithPopup,
  signOut,
  updateProfile,
} from "firebase/auth";
import { ApiError } from "./apiError.ts";
import { auth } from "./firebase.ts";

type Told = readonly [field: string, message: string];

const MESSAGES: Record<string, Told> = {
  "auth/invalid-credential": ["password", "This e-mail address and password don't belong together."],
  "auth/wrong-password": ["password", "This e-mail address and password don't belong together."],
  "auth/user-not-found": ["password", "This e-mail address and password don't belong together."],
  "auth/user-disabled": ["email", "This account is switched off. Ask your administrator."],
  "auth/invalid-email": ["email", "This isn't an e-mail address."],
  "auth/missing-email": ["email", "Enter your e-mail address."],
  "auth/missing-password": ["password", "Enter your password."],
  "auth/email-already-in-use": ["email", "There is an account with this address already. Sign in instead."],
  "auth/weak-password": ["password", "Too easy to guess: use at least 8 characters."],
  "auth/password-does-not-meet-requirements": ["password", "This password is too simple for this system's rules."],
  "auth/too-many-requests": ["", "Too many attempts. Wait a few minutes, or reset the password."],
  "auth/network-request-failed": ["", "The sign-in service can't be reached. Check the connection and try again."],
  "auth/popup-blocked": ["", "The browser blocked the Google window. Allow pop-ups for this page and try again."],
  "auth/popup-closed-by-user": ["", "The Google window was closed before sign-in finished."],
  "auth/operation-not-allowed": ["", "This way of signing in is switched off for this system."],
};

function told(error: unknown): ApiError {
  const code = (error as { code?: string }).code ?? "";
  const [field, message] = MESSAGES[code] ?? ["", "Signing in failed. Try again."];
  return new ApiError("unauthenticated", message, { issues: field ? [{ field, message }] : [], reason: code });
}

async function tell<T>(attempt: Promise<T>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    throw told(error);
  }
}

export const signIn = {
  withPassword: (email: string, password: string) => tell(signInWithEmailAndPassword(auth, email, password)),
  createAccount: (email: string, password: string, name: string) =>
    tell(
      createUserWithEmailAndPassword(auth, email, password).then(({ user }) =>
        name ? updateProfile(user, { displayName: name }) : undefined,
      ),
    ),
  resetPassword: (email: string) => tell(sendPasswordResetEmail(auth, email)),
  withGoogle: () => tell(signInWithPopup(auth, new GoogleAuthProvider(), browserPopupRedirectResolver)),
  leave: () => tell(signOut(auth)),
};

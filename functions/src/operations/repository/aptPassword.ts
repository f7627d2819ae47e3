import { createHmac } from "node:crypto";

/**
 * The password of a device for /apt, which the device derives from the secret key it has; its login is the id of its
 * credential, the SHA-256 of its API key. So nothing of it is ever sent to a device, and it ends with the credential.
 */
export function aptPassword(secretKey: string): string {
  return createHmac("sha256", secretKey).update("wisptools apt").digest("hex");
}

/** Headers of a device's signed request, lower case as node spells them. */
export const DEVICE_HEADERS = {
  authCode: "x-epc-auth-code",
  apiKey: "x-epc-api-key",
  timestamp: "x-epc-timestamp",
  nonce: "x-epc-nonce",
  signature: "x-epc-signature",
} as const;

/** How far a device's clock may be off, seconds. */
export const CLOCK_WINDOW_SECONDS = 300;

/**
 * The text a device signs: HMAC-SHA256 keyed with the UTF-8 bytes of secret_key, written as hex.
 * `path` is the request target from `/api/` on, query included; `timestamp` is Unix seconds as sent
 * (a fraction is allowed); `bodySha256` is the hex SHA-256 of the raw body, of zero bytes when there is none.
 */
export function signedText(method: string, path: string, timestamp: string, nonce: string, bodySha256: string): string {
  return `${method}\n${path}\n${timestamp}\n${nonce}\n${bodySha256}`;
}

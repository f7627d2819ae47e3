import { ApiError } from "./apiError.ts";

/**
 * PUTs a file where an upload was begun; `onsent` hears how many octets are out, which fetch can't tell.
 * Throws ApiError; after an abort too.
 */
export function put(url: string, file: Blob, onsent: (octets: number) => void, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = new XMLHttpRequest();
  const fail = (message: string) => reject(new ApiError("unavailable", message));
  request.upload.onprogress = (event) => onsent(event.loaded);
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) resolve();
    else fail(`The storage answered ${request.status}. Try again.`);
  };
  request.onerror = () => fail("The upload broke off. Check the connection and try again.");
  request.onabort = () => fail("The upload was stopped.");
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.open("PUT", url);
  request.setRequestHeader("content-type", "application/vnd.debian.binary-package");
  request.send(file);
  return promise;
}

import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { hostAddress } from "@wisptools/core";
import type { WebhookReach } from "./reach.ts";

/** For one attempt in all: name, connection, request and answer. */
const TIMEOUT_MS = 5_000;
/** Of an answer's body, which nobody here needs. */
const READ_BYTES = 1024;
/** Of a failure's body, shown to the tenant's administrators. */
const SHOWN_CHARACTERS = 200;

export interface Posted {
  /** Absent when there was no answer. */
  status?: number;
  /** Why it counts as failed; absent for 2xx. */
  error?: string;
}

/**
 * Posts a body to an address of a tenant's choice. The address that is connected to is the one that was checked: the check sits in the
 * socket's own look-up, so a name that changes its mind between the two gains nothing. Redirects are not followed. Never throws.
 */
export async function post(
  reach: WebhookReach,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<Posted> {
  try {
    const target = new URL(url);
    const host = hostAddress(target.hostname);
    if (isIP(host) !== 0 && !reach.mayReach(host)) throw forbidden(host, host);
    return judged(await send(reach, target, headers, body));
  } catch (error) {
    return { error: words(error) };
  }
}

interface Answer {
  status: number;
  location: string | undefined;
  beginning: string;
}

function send(reach: WebhookReach, target: URL, headers: Record<string, string>, body: string): Promise<Answer> {
  const request = target.protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      {
        method: "POST",
        agent: false,
        headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
        lookup: checkedLookup(reach),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(reach.authority ? { ca: reach.authority } : {}),
      },
      (answer) => {
        const { statusCode: status = 0, headers: given } = answer;
        const chunks: Buffer[] = [];
        let read = 0;
        const end = () => {
          const beginning = Buffer.concat(chunks).subarray(0, READ_BYTES).toString("utf8");
          resolve({ status, location: given.location, beginning });
          sent.destroy();
        };
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          read += chunk.length;
          if (read >= READ_BYTES) end();
        });
        // Its status is the answer, however the body ends.
        for (const over of ["end", "error", "close"]) answer.on(over, end);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The look-up of a socket, which gives it no address but those that may be reached. One that may not spoils all: such a name is no mistake. */
function checkedLookup(reach: WebhookReach): LookupFunction {
  return (hostname, options, callback) => {
    reach.resolve(hostname).then(
      (addresses) => {
        const bad = addresses.find((address) => isIP(address) === 0 || !reach.mayReach(address));
        const first = addresses[0];
        if (bad !== undefined) callback(forbidden(hostname, bad), "");
        else if (first === undefined) callback(new Error(`${hostname} has no address`), "");
        else if (options.all)
          callback(
            null,
            addresses.map((address) => ({ address, family: isIP(address) })),
          );
        else callback(null, first, isIP(first));
      },
      (error: Error) => callback(error, ""),
    );
  };
}

function forbidden(hostname: string, address: string): Error {
  const named = hostname === address ? address : `${hostname} leads to ${address}, which`;
  return new Error(`${named} is a private or special address, and never sent to`);
}

function judged({ status, location, beginning }: Answer): Posted {
  if (status >= 200 && status < 300) return { status };
  if (status >= 300 && status < 400) {
    const where = location ? ` to ${printable(location).slice(0, SHOWN_CHARACTERS)}` : "";
    return { status, error: `answered with a redirect${where}; redirects are not followed` };
  }
  const said = printable(beginning).slice(0, SHOWN_CHARACTERS);
  return { status, error: `answered ${status}${said ? `: ${said}` : ""}` };
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\ufffd\s]+/gu, " ").trim();
}

/** What went wrong, without the inside of our machine: the codes are those of sockets and TLS. */
function words(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "AbortError" || name === "TimeoutError" || code === "ABORT_ERR") return "no answer within 5 s";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host name could not be resolved";
  if (code === "ECONNREFUSED") return "the connection was refused";
  if (code === "ECONNRESET" || code === "EPIPE") return "the connection was cut";
  return printable(message || code || "the connection failed").slice(0, SHOWN_CHARACTERS);
}

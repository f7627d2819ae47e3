import { ErrorReply } from "@wisptools/core/api/common";
import { ApiError, type Issue } from "./apiError.ts";
import { auth } from "./firebase.ts";

type Verdict<T> =
  | { success: true; data: T }
  | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
interface Schema<O> {
  safeParse(value: unknown): Verdict<O>;
}
/** The shape of core's contracts that a client needs. */
interface Contract<O> {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  body: Schema<unknown> & { _zod: { input: unknown } };
  reply: Schema<O>;
}
type BodyOf<C> = C extends { body: { _zod: { input: infer I } } } ? I : never;
type ReplyOf<C> = C extends { reply: { safeParse(value: unknown): infer V } }
  ? Extract<V, { success: true }> extends { data: infer O }
    ? O
    : never
  : never;

export interface Call<B> {
  params?: Record<string, string | number>;
  /** People belong to several tenants: /api/epc/** wants to know which one is meant. */
  query?: Record<string, string | number | undefined>;
  body?: B;
}

export function address(path: string, call: Call<unknown>): string {
  const filled = path.replace(/:([a-z_]+)/g, (_, name: string) =>
    encodeURIComponent(String(call.params?.[name] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** What a contract has against a request before it is sent, at its fields. */
export function invalid(issues: readonly { path: readonly PropertyKey[]; message: string }[]): ApiError {
  const found: Issue[] = issues.map((issue) => ({ field: issue.path.map(String).join("."), message: issue.message }));
  return new ApiError("invalid-argument", "Please correct the marked fields.", { issues: found });
}

/** The reply to a request as the signed-in person, whatever it says. Throws ApiError when there is none. */
export async function send(method: string, url: string, body: unknown): Promise<Response> {
  const token = await auth.currentUser?.getIdToken();
  const headers: Record<string, string> = { accept: "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(url, {
      method: method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError("unavailable", "The server can't be reached. Check the connection and try again.");
  }
}

/** What a reply that isn't a success says. */
export async function failure(reply: Response): Promise<ApiError> {
  const parsed = ErrorReply.safeParse(await reply.json().catch(() => undefined));
  if (!parsed.success)
    return new ApiError("internal", `The server answered ${reply.status} without saying why. Try again.`);
  const { code, message, field, reason } = parsed.data.error;
  return new ApiError(code, message, {
    // The message names the field for those who see no form.
    issues: field === undefined ? [] : [{ field, message: message.replace(`${field}: `, "") }],
    ...(reason === undefined ? {} : { reason }),
    requestId: parsed.data.request_id,
  });
}

/** Calls an endpoint of the contract as the signed-in person. Throws ApiError, and checks the body before it is sent. */
export async function call<C extends Contract<unknown>>(contract: C, input: Call<BodyOf<C>> = {}): Promise<ReplyOf<C>> {
  if (input.body !== undefined) {
    const checked = contract.body.safeParse(input.body);
    if (!checked.success) throw invalid(checked.error.issues);
  }
  const body = contract.method === "get" || contract.method === "delete" ? undefined : (input.body ?? {});
  const reply = await send(contract.method, address(contract.path, input), body);
  if (!reply.ok) throw await failure(reply);
  const isText = !(reply.headers.get("content-type") ?? "").includes("json");
  const parsed = contract.reply.safeParse(isText ? await reply.text() : await reply.json());
  if (!parsed.success)
    throw new ApiError("internal", "The server's answer makes no sense to this page. Reload it and try again.");
  return parsed.data as ReplyOf<C>;
}

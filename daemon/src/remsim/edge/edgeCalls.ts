import { RemsimClientId } from "@wisptools/core";
import { Turns } from "../../turns.ts";
import type { Desired } from "../desired.ts";
import type { RemsimLog } from "../logs.ts";
import type { QueuedRequest, RemsimStore } from "../remsimStore.ts";
import { ANSWER_MS, type CloudAnswer, type CloudApi, CloudAway, type CloudRequest, fieldsOf } from "./cloudApi.ts";
import { type CredentialHeaders, type Credentials, cloudKeyOf } from "./credentials.ts";
import type { EdgeRoute } from "./edgeRoute.ts";
import { clientOf, KeptReplies } from "./keptReplies.ts";
import { jsonAnswer, refusal } from "./ownAnswers.ts";
import { RateLimit } from "./rateLimit.ts";
import { WaitingRequests } from "./waitingRequests.ts";

const PER_MINUTE = 100;
/** The real client gives up after 10 s, and for good: a function that has to start first may need most of that. */
const PATIENCE_MS = 8_500;

export interface EdgeCall {
  route: EdgeRoute;
  credential: CredentialHeaders;
  request: CloudRequest;
}

/** How a call was answered, for the figures. */
export type EdgeResult = "success" | "refused" | "kept" | "away" | "limited";

export interface EdgeReply {
  result: EdgeResult;
  answer: CloudAnswer;
}

export interface EdgeCallsOptions {
  store: RemsimStore;
  credentials: Credentials;
  cloud: CloudApi;
  desired: Pick<Desired, "mapsAt">;
  log: RemsimLog;
  now: () => number;
}

interface Caller {
  /** When the call came, by performance.now(). */
  since: number;
  credential: CredentialHeaders;
  credentialName: string;
  clientId: string;
  /** Names the client here. */
  client: string;
}

interface Passed {
  since: number;
  credentialName: string;
  client: string | undefined;
  request: CloudRequest;
  /** There is something to answer without the cloud, so that it need not be waited for as long. */
  hasOther: boolean;
}

/**
 * Answers routers: with the cloud's own bytes while it decides. While it does not, clients that it accepted before are answered from disk, as long
 * as their slot map is still wanted and their credential was not refused since; nobody else is.
 */
export class EdgeCalls {
  private readonly options: EdgeCallsOptions;
  private readonly limit: RateLimit;
  private readonly replies: KeptReplies;
  private readonly turns = new Turns();
  private isAway = false;
  readonly waiting: WaitingRequests;

  constructor(options: EdgeCallsOptions) {
    const { store, credentials, cloud, log, now } = options;
    this.options = options;
    this.limit = new RateLimit(PER_MINUTE, now);
    this.replies = new KeptReplies(store.replies, now);
    this.waiting = new WaitingRequests({
      ...{ table: store.queue, credentials, cloud, log, now },
      intervalOf: (client) => this.replies.get(client)?.interval ?? 0,
      turn: (client, work) => this.turns.run(client, work),
      decided: (client, request, answer) => this.afterWaiting(client, request, answer),
    });
  }

  async handle(call: EdgeCall): Promise<EdgeReply> {
    const { route, credential, request } = call;
    const credentialName = this.options.credentials.nameOf(credential);
    const clientId = route.kind === "unregister" ? route.clientId : clientIdOf(request.body);
    const wait = this.limit.take(`${credentialName}/${clientId ?? request.address}`);
    if (wait > 0) return { result: "limited", answer: refusal(429, "rate_limited", wait) };
    const caller: Caller | undefined =
      clientId === undefined
        ? undefined
        : {
            since: performance.now(),
            credential,
            credentialName,
            clientId,
            client: clientOf(credentialName, clientId),
          };
    switch (route.kind) {
      case "register":
        if (caller) return this.turns.run(caller.client, () => this.register(caller, request));
        break;
      case "unregister":
        if (caller) return this.turns.run(caller.client, () => this.unregister(caller, request));
        break;
      case "heartbeat":
        if (caller) return this.heartbeat(caller, request);
        break;
      case "events":
      case "logs":
      case "discover":
        break;
    }
    const since = performance.now();
    return this.passOn(
      { since, credentialName, client: caller?.client, request, hasOther: false },
      async (away) => away,
    );
  }

  private register(caller: Caller, request: CloudRequest): Promise<EdgeReply> {
    const { client } = caller;
    const keptReply = () => (this.isWanted(caller) ? this.replies.find(client, request.body) : undefined);
    const instead = async (away: EdgeReply): Promise<EdgeReply> => {
      const kept = keptReply();
      if (!kept) return away;
      // A reboot: it said that it goes, and is there again. The cloud never heard of it.
      await this.waiting.drop(client, "unregister");
      this.options.log.answeredFromDisk({ clientId: caller.clientId, request: "register" });
      const { contentType, bytes } = kept;
      return { result: "kept", answer: { status: 200, contentType, headers: {}, bytes: Buffer.from(bytes) } };
    };
    const hasOther = keptReply() !== undefined;
    return this.passOn({ ...caller, request, hasOther }, instead, async (answer) => {
      if (answer.status === 404) await this.replies.drop(client);
      if (answer.status !== 200) return;
      // It is there again: that it once wanted to go is past.
      await this.waiting.drop(client, "unregister");
      await this.replies.keep(client, request.body, answer);
    });
  }

  private heartbeat(caller: Caller, request: CloudRequest): Promise<EdgeReply> {
    const { client } = caller;
    const instead = async (away: EdgeReply): Promise<EdgeReply> => {
      const kept = this.isServed(caller) ? this.replies.get(client) : undefined;
      if (!kept) return away;
      await this.waiting.add(client, "heartbeat", request);
      const body = { status: "success", next_heartbeat_interval: kept.interval, commands: [] };
      return { result: "kept", answer: jsonAnswer(200, body) };
    };
    return this.passOn({ ...caller, request, hasOther: this.isServed(caller) }, instead, async (answer) => {
      if (answer.status === 404) await this.replies.drop(client);
      if (answer.status !== 200) return;
      await this.waiting.drop(client, "heartbeat");
      const interval = fieldsOf(answer.bytes).next_heartbeat_interval;
      if (typeof interval === "number") this.replies.setInterval(client, interval);
    });
  }

  private unregister(caller: Caller, request: CloudRequest): Promise<EdgeReply> {
    const { client } = caller;
    const isKnown = this.replies.get(client) !== undefined || this.waiting.get(client)?.kind === "unregister";
    const instead = async (away: EdgeReply): Promise<EdgeReply> => {
      // Its reply stays, for when it comes again before the cloud does.
      if (!isKnown || !(await this.waiting.add(client, "unregister", request))) return away;
      return { result: "kept", answer: jsonAnswer(200, { status: "success", released: false }) };
    };
    return this.passOn({ ...caller, request, hasOther: isKnown }, instead, async (answer) => {
      if (answer.status !== 200 && answer.status !== 404) return;
      await this.waiting.drop(client);
      await this.replies.drop(client);
    });
  }

  /** Wanted, and not gone by its own word. */
  private isServed(caller: Caller): boolean {
    return this.waiting.get(caller.client)?.kind !== "unregister" && this.isWanted(caller);
  }

  /** Accepted before, and its map still wanted by all that is known here. */
  private isWanted({ client, credential, clientId }: Caller): boolean {
    const kept = this.replies.get(client);
    if (!kept) return false;
    const clientKey = cloudKeyOf(credential, clientId);
    return this.options.desired.mapsAt(kept.serverHost, kept.client).some((map) => map.clientKey === clientKey);
  }

  /** The cloud's decision, else what `instead` makes of its absence. */
  private async passOn(
    { since, credentialName, client, request, hasOther }: Passed,
    instead: (away: EdgeReply) => Promise<EdgeReply>,
    then: (answer: CloudAnswer) => Promise<void> = async () => {},
  ): Promise<EdgeReply> {
    const left = Math.max(0, Math.round(since + PATIENCE_MS - performance.now()));
    try {
      const answer = await this.options.cloud.send(request, hasOther ? Math.min(ANSWER_MS, left) : left);
      // Too many of its whole login: it says nothing of this client.
      if (answer.status === 429 && hasOther) return await instead({ result: "refused", answer });
      this.heard();
      await then(answer);
      await this.refused(credentialName, client, answer);
      return { result: answer.status < 300 ? "success" : "refused", answer };
    } catch (error) {
      if (!(error instanceof CloudAway)) throw error;
      this.missed(error);
      return instead({ result: "away", answer: undecided(error.answer) });
    }
  }

  /** A credential that does not hold is good for nothing here either. A wrong tenant number is one client's own mistake. */
  private async refused(credentialName: string, client: string | undefined, answer: CloudAnswer): Promise<void> {
    if (answer.status !== 401 && answer.status !== 403) return;
    if (fieldsOf(answer.bytes).error?.reason === "tenant_mismatch") {
      if (client !== undefined) await this.replies.drop(client);
      return;
    }
    const forgotten = this.replies.dropCredential(credentialName);
    this.waiting.dropCredential(credentialName);
    if (forgotten > 0) this.options.log.credentialRefused({ status: answer.status, forgotten });
  }

  private async afterWaiting(client: string, { kind }: QueuedRequest, answer: CloudAnswer): Promise<void> {
    this.heard();
    if (answer.status === 404 || kind === "unregister") await this.replies.drop(client);
    await this.refused(client.slice(0, client.indexOf("/")), client, answer);
  }

  private heard(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.options.log.cloudBack({ queued: this.waiting.size });
    this.waiting.send();
  }

  private missed(error: CloudAway): void {
    if (this.isAway) return;
    this.isAway = true;
    this.options.log.cloudAway({ held: this.waiting.size }, error);
  }
}

/** A status below 500 would be a decision to the router. */
function undecided(answer: CloudAnswer | undefined): CloudAnswer {
  return answer && answer.status >= 500 ? answer : refusal(503, "cloud_away");
}

function clientIdOf(body: Buffer): string | undefined {
  const id = RemsimClientId.safeParse(fieldsOf(body).client_id);
  return id.success ? id.data : undefined;
}

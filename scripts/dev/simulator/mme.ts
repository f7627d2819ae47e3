// The client side of S6a and S13, as strict as an Open5GS MME.
import type { Plmn } from "@wisptools/core";
import { type Avp, avp } from "../../../daemon/src/diameter/codec/avpDefinition.ts";
import type { Message } from "../../../daemon/src/diameter/codec/message.ts";
import { UserName } from "../../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../../daemon/src/diameter/dictionary/commands.ts";
import { RatType } from "../../../daemon/src/diameter/dictionary/gx.ts";
import * as s6a from "../../../daemon/src/diameter/dictionary/s6a.ts";
import { plmnOctets } from "../../../daemon/src/plmnOctets.ts";
import type { AttachedUe, AttachOutcome, MmeEvents } from "./attachment.ts";
import { authenticate } from "./authentication.ts";
import { Link, type NodeOptions } from "./link.ts";
import { Mailbox } from "./mailbox.ts";
import { mmeHandlers } from "./mmeAnswers.ts";
import { isSuccess, type Result, resultOf } from "./result.ts";
import { missingOf, readSubscription, type WholeProfile } from "./subscription.ts";
import type { SimulatedUe } from "./ue.ts";

const EUTRAN = 1004;
/** ULR-Flags (TS 29.272 7.3.7). */
const S6A_INDICATOR = 1 << 1;
const INITIAL_ATTACH = 1 << 5;
/** Equipment-Status (TS 29.272 7.3.51). */
export const EQUIPMENT = { WHITELISTED: 0, BLACKLISTED: 1, GREYLISTED: 2 } as const;

export interface MmeOptions extends NodeOptions {
  /** The network that the MME belongs to; default 001/01. */
  plmn?: Plmn;
  /** Asks the EIR before an update of the location. */
  checksEquipment?: boolean;
}

export interface Visit {
  visitedPlmn?: Plmn;
}

/** Where a UE's location is updated, and how. */
interface Arrival {
  ue: SimulatedUe;
  visitedPlmn: Plmn;
  initial: boolean;
  kasme?: Buffer;
  resynchronised: boolean;
}

export class SimulatedMme {
  readonly originHost: string;
  /** UEs by IMSI. */
  readonly attached = new Map<string, AttachedUe>();
  /** Requests of the HSS and comings and goings, to listen to (`on`) or to wait for (`next`). */
  readonly mailbox = new Mailbox<MmeEvents>();
  readonly link: Link;
  private readonly plmn: Plmn;
  private readonly checksEquipment: boolean;

  constructor(options: MmeOptions) {
    this.originHost = options.originHost;
    this.plmn = options.plmn ?? { mcc: "001", mnc: "01" };
    this.checksEquipment = options.checksEquipment ?? false;
    this.link = new Link(options, [APPLICATION.S6A, APPLICATION.S13], mmeHandlers(this));
  }

  /** @throws DiameterError or Error as `Link.connect`. */
  connect(): Promise<void> {
    return this.link.connect();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** Waits for, and takes, what happened to an IMSI. @throws Error if it does not happen in time. */
  next<Name extends keyof MmeEvents>(name: Name, imsi: string, limitMs?: number): Promise<MmeEvents[Name]> {
    return this.mailbox.next(name, imsi, limitMs);
  }

  on<Name extends keyof MmeEvents>(name: Name, listener: (imsi: string, what: MmeEvents[Name]) => void): void {
    this.mailbox.on(name, listener);
  }

  /** Authentication, the check of the equipment if the MME does that, update of the location (TS 23.401 5.3.2.1). */
  async attach(ue: SimulatedUe, { visitedPlmn = this.plmn }: Visit = {}): Promise<AttachOutcome> {
    const authenticated = await authenticate(this.link, ue, plmnOctets(visitedPlmn));
    if (authenticated.outcome !== "authenticated") return authenticated;
    if (this.checksEquipment) {
      const { result, status } = await this.checkEquipment(ue);
      if (!isSuccess(result)) return { outcome: "rejected", by: "ECA", result };
      if (status === EQUIPMENT.BLACKLISTED) return { outcome: "equipmentBarred" };
    }
    const { kasme, resynchronised } = authenticated;
    return this.updateLocation({ ue, visitedPlmn, initial: true, kasme, resynchronised });
  }

  /**
   * A tracking area update. One of a UE that this MME has asks the HSS only if that lost its data; one of a UE that comes
   * from elsewhere, with the keys that its old MME handed over, updates the location.
   */
  async tau(ue: SimulatedUe, { visitedPlmn = this.plmn }: Visit = {}): Promise<AttachOutcome> {
    const known = this.attached.get(ue.imsi);
    if (known && !known.resetSeen) return { outcome: "attached", attached: known };
    return this.updateLocation({ ue, visitedPlmn, initial: false, resynchronised: false });
  }

  /** The UE says goodbye: forgets it and tells the HSS. @returns the PUA's result. */
  async detach(ue: Pick<SimulatedUe, "imsi">): Promise<{ result: Result; puaFlags: number }> {
    if (this.attached.delete(ue.imsi)) this.mailbox.put("left", ue.imsi, { reason: "detached" });
    return this.purge(ue.imsi);
  }

  /** PUR (TS 29.272 5.2.1.3), of whatever IMSI. */
  async purge(imsi: string): Promise<{ result: Result; puaFlags: number }> {
    const answer = await this.s6a(COMMAND.PURGE_UE, imsi, []);
    return { result: resultOf(answer), puaFlags: answer.get(s6a.PuaFlags) ?? 0 };
  }

  /** NOR (TS 29.272 5.2.5.1) with these AVPs beside the IMSI. */
  async notify(imsi: string, avps: readonly Avp[]): Promise<Result> {
    return resultOf(await this.s6a(COMMAND.NOTIFY, imsi, avps));
  }

  /** ECR (TS 29.272 6.2.1.1). */
  async checkEquipment(
    ue: Pick<SimulatedUe, "imsi" | "imei" | "softwareVersion">,
  ): Promise<{ result: Result; status: number | undefined }> {
    const avps = [terminal(ue), avp(UserName, ue.imsi)];
    const answer = await this.link.request(COMMAND.ME_IDENTITY_CHECK, APPLICATION.S13, avps);
    return { result: resultOf(answer), status: answer.get(s6a.EquipmentStatus) };
  }

  private s6a(command: number, imsi: string, avps: readonly Avp[]): Promise<Message> {
    return this.link.request(command, APPLICATION.S6A, [avp(UserName, imsi), ...avps]);
  }

  private async updateLocation(arrival: Arrival): Promise<AttachOutcome> {
    const { ue, visitedPlmn, initial } = arrival;
    const answer = await this.s6a(COMMAND.UPDATE_LOCATION, ue.imsi, [
      terminal(ue),
      avp(RatType, EUTRAN),
      avp(s6a.UlrFlags, S6A_INDICATOR | (initial ? INITIAL_ATTACH : 0)),
      avp(s6a.VisitedPlmnId, plmnOctets(visitedPlmn)),
      avp(s6a.UeSrvccCapability, 0),
    ]);
    return this.arrived(arrival, answer);
  }

  /** What is not whole is dropped before its result is looked at. */
  private arrived({ ue, visitedPlmn, kasme, resynchronised }: Arrival, answer: Message): AttachOutcome {
    const ulaFlags = answer.get(s6a.UlaFlags);
    const data = answer.get(s6a.SubscriptionData);
    const { profile, missing } = data ? readSubscription(data) : { profile: {}, missing: [s6a.SubscriptionData.name] };
    if (ulaFlags === undefined) missing.push(s6a.UlaFlags.name);
    const result = resultOf(answer);
    if (isSuccess(result) && data) missing.push(...missingOf(profile));
    if (missing.length > 0 || ulaFlags === undefined) return { outcome: "dropped", by: "ULA", missing };
    if (!isSuccess(result)) return { outcome: "rejected", by: "ULA", result };
    const attached: AttachedUe = {
      ...{ ue, visitedPlmn, resynchronised, ulaFlags, resetSeen: false },
      ...(kasme === undefined ? {} : { kasme }),
      profile: profile as WholeProfile,
    };
    this.attached.set(ue.imsi, attached);
    this.mailbox.put("attached", ue.imsi, attached);
    return { outcome: "attached", attached };
  }
}

function terminal({ imei, softwareVersion }: Pick<SimulatedUe, "imei" | "softwareVersion">): Avp {
  return avp(s6a.TerminalInformation, [avp(s6a.Imei, imei), avp(s6a.SoftwareVersion, softwareVersion)]);
}

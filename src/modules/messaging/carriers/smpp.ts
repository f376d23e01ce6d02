import { present } from "../../../kernel/assert.ts";
import { bareAddress } from "../address.ts";
import { decodeUserData, buildParts, segmentText, type MessagePart } from "../../../protocols/sms/index.ts";
import {
  CommandStatus,
  DataCoding,
  EsmClass,
  InterfaceVersion,
  Npi,
  RegisteredDelivery,
  Ton,
  encodeRelativeTime,
  hasUdh,
  normaliseMessageId,
  readReceipt,
  type PduBodyInput,
} from "../../../protocols/smpp/index.ts";
import type { MaintenanceWindow, SmppCarrierSettings } from "../../../platform/config/index.ts";
import type { Clock, Logger, Net } from "../../../platform/ports.ts";
import {
  explainStatus,
  SmppClient,
  type BindKind,
  type DeliveryPdu,
  type RespondDelivery,
  type WaitCause,
} from "../../../platform/smpp/index.ts";
import type { SubmitOutcome } from "../records.ts";
import type { BindStatus, Carrier, CarrierListener, CarrierStatus, Submission } from "./carrier.ts";
import { CUT_OTHERWISE } from "./cut-otherwise.ts";
import { userReference } from "./smpp-reference.ts";
import { receiptResult, refusalOf } from "./smpp-status.ts";
import type { CarrierTraces, EntryLabel, SessionTap } from "./traces/index.ts";

/** What every carrier is configured with beside its own type's settings. */
export interface CarrierCommon {
  readonly name: string;
  readonly priority: number;
  readonly prefixes: readonly string[];
  readonly maintenance?: readonly MaintenanceWindow[];
}

export interface SmppCarrierOptions {
  readonly settings: CarrierCommon & SmppCarrierSettings;
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where what is said is written down, for a while; nowhere without it. */
  readonly traces?: CarrierTraces | undefined;
}

/** One client, and what sees its present session. */
interface Bound {
  readonly bind: BindKind;
  readonly client: SmppClient;
  tap: SessionTap | undefined;
}

/** Responses are brought into the base of receipts; there, only case and zeros still differ. */
const RECEIPT_FORMS = { "as-is": "as-is", "hex-to-decimal": "decimal", "decimal-to-hex": "hex" } as const;

const DRAIN_MS = 5_000;
/** Parts of a long text are built once, not once for each part. */
const BUILT_TEXTS = 64;

/** A carrier that is reached by SMPP 3.4 or 5.0, over one or several binds. */
export class SmppCarrier implements Carrier {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly priority: number;
  readonly messagesPerSecond: number | undefined;
  readonly maintenance: readonly MaintenanceWindow[];
  private readonly options: SmppCarrierOptions;
  private readonly clients: Bound[] = [];
  private readonly built = new Map<string, MessagePart[]>();
  private listener: CarrierListener | undefined;
  private next = 0;

  constructor(options: SmppCarrierOptions) {
    this.options = options;
    const { settings } = options;
    this.name = settings.name;
    this.prefixes = settings.prefixes.map(bareAddress);
    this.priority = settings.priority;
    this.messagesPerSecond = settings.messagesPerSecond;
    this.maintenance = settings.maintenance ?? [];
  }

  start(listener: CarrierListener): void {
    this.listener = listener;
    const { settings } = this.options;
    const kinds: BindKind[] = settings.bind === "pair" ? ["transmitter", "receiver"] : [settings.bind];
    for (let i = 0; i < settings.binds; i += 1) for (const bind of kinds) this.open(bind);
  }

  private open(bind: BindKind): void {
    const { settings, net, clock, logger, traces } = this.options;
    const { url } = settings;
    const opened: { tap: SessionTap | undefined } = { tap: undefined };
    const tap = traces === undefined ? undefined : () => (opened.tap = traces.session(this.name, settings));
    const client = new SmppClient({
      net,
      clock,
      log: logger.child({ carrier: this.name }),
      host: url.host,
      port: url.port,
      ...(url.tls ? { tls: { serverName: url.host, rejectUnauthorized: settings.tlsVerify } } : {}),
      systemId: url.systemId,
      password: url.password,
      systemType: settings.systemType,
      addressRange: settings.addressRange,
      bind,
      interfaceVersion: settings.interfaceVersion === "5.0" ? InterfaceVersion.V5_0 : InterfaceVersion.V3_4,
      window: settings.window,
      adaptiveWindow: settings.adaptiveWindow,
      timers: { responseMs: settings.responseTimeoutMs, enquireLinkMs: settings.enquireLinkMs },
      onState: () => this.listener?.onCapacity(),
      onReady: () => this.listener?.onCapacity(),
      onDeliver: (pdu, respond) => this.deliver(pdu, respond, opened.tap),
      ...(tap === undefined ? {} : { tap }),
    });
    this.clients.push(Object.assign(opened, { bind, client }));
    client.start();
  }

  get up(): boolean {
    return this.clients.some(({ bind, client }) => bind !== "receiver" && client.state.name === "bound");
  }

  capacity(): number {
    let free = 0;
    for (const { bind, client } of this.clients) if (bind !== "receiver") free += client.windowFree;
    return free;
  }

  countParts(sid: string, text: string): number {
    return this.partsOf(sid, text).length;
  }

  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void {
    const bound = this.pickClient();
    if (bound === undefined) return done({ kind: "not-sent", reason: "not-bound" });
    const { client, tap } = bound;
    const parts = this.partsOf(submission.sid, submission.text);
    const part = parts[submission.part];
    // The settings have changed since the first part went: the others would not belong to it.
    if (part === undefined || (submission.parts ?? parts.length) !== parts.length) return done(CUT_OTHERWISE);
    if (tap !== undefined) tap.owner = labelOf(submission);
    client.send(this.submitBody(submission, part, parts.length), (outcome) => {
      if (outcome.kind === "unknown") return done({ kind: "unknown", reason: outcome.reason });
      if (outcome.kind === "not-sent") return done(this.notSent(outcome.reason, outcome.detail));
      if (outcome.status !== CommandStatus.ESME_ROK) return done({ kind: "refused", ...refusalOf(outcome.status) });
      const id = outcome.body?.message_id ?? "";
      // Without an id no receipt will ever match; that is what "unknown" means.
      if (id === "") return done({ kind: "unknown", reason: "no message id" });
      return done({ kind: "accepted", id: this.normaliseId(id) });
    });
    if (tap !== undefined) tap.owner = undefined;
  }

  private notSent(reason: string, detail: string | undefined): SubmitOutcome {
    if (reason !== "invalid") return { kind: "not-sent", reason };
    this.options.logger.error("carrier.invalid-message", { carrier: this.name, detail });
    return { kind: "refused", verdict: "permanent", errorCode: 30008, status: detail ?? reason };
  }

  /** The bind with the most room, in turn where they are equal. */
  private pickClient(): Bound | undefined {
    let best: Bound | undefined;
    const count = this.clients.length;
    for (let i = 0; i < count; i += 1) {
      const entry = this.clients[(this.next + i) % count];
      if (entry === undefined || entry.bind === "receiver" || entry.client.windowFree === 0) continue;
      if (best === undefined || entry.client.windowFree > best.client.windowFree) best = entry;
    }
    this.next = (this.next + 1) % Math.max(1, count);
    return best;
  }

  private partsOf(sid: string, text: string): MessagePart[] {
    const known = this.built.get(sid);
    if (known !== undefined) return known;
    const { longMessages, defaultAlphabet } = this.options.settings;
    const segmented = segmentText(text, { smartEncoding: false, reference: longMessages === "udh16" ? 16 : 8 });
    // The reference follows from the SID, so that parts sent after a restart still belong together.
    const reference = Number.parseInt(sid.slice(-4), 16);
    const parts = buildParts(segmented, { method: longMessages, reference, defaultAlphabet });
    if (parts.length > 1) {
      this.built.set(sid, parts);
      if (this.built.size > BUILT_TEXTS)
        for (const oldest of this.built.keys()) {
          this.built.delete(oldest);
          break;
        }
    }
    return parts;
  }

  private submitBody(submission: Submission, part: MessagePart, total: number): PduBodyInput["submit_sm"] {
    const { settings, clock } = this.options;
    const source = sourceAddress(submission.from);
    const wantsReceipt = settings.receipts === "all" || submission.part === total - 1;
    return {
      source_addr_ton: settings.sourceTon ?? source.ton,
      source_addr_npi: settings.sourceNpi ?? source.npi,
      source_addr: source.address,
      dest_addr_ton: settings.destinationTon ?? Ton.INTERNATIONAL,
      dest_addr_npi: settings.destinationNpi ?? Npi.ISDN,
      destination_addr: bareAddress(submission.to),
      esm_class: part.esmClassUdhi ? EsmClass.UDHI : 0,
      validity_period: encodeRelativeTime(Math.max(1_000, submission.validUntilMs - clock.nowMs())),
      registered_delivery: wantsReceipt ? RegisteredDelivery.FINAL : 0,
      data_coding: part.dataCoding,
      short_message: part.shortMessage,
      tlvs: this.tlvsFor(submission, part),
    };
  }

  private tlvsFor(submission: Submission, part: MessagePart): PduBodyInput["submit_sm"]["tlvs"] {
    const { userReference: isReferenced } = this.options.settings;
    const { tlvs: vendor } = submission;
    if (!isReferenced && part.sar === undefined && part.payload === undefined && vendor === undefined) return undefined;
    const tlvs: NonNullable<PduBodyInput["submit_sm"]["tlvs"]> = tlvsOf(part);
    if (vendor !== undefined) tlvs.unknown = vendorTlvs(vendor);
    if (isReferenced)
      tlvs.user_message_reference = userReference(submission.sid, submission.part, submission.attempt ?? 1);
    return tlvs;
  }

  private normaliseId(id: string): string {
    return normaliseMessageId(id, this.options.settings.messageIds);
  }

  private deliver(pdu: DeliveryPdu, respond: RespondDelivery, tap: SessionTap | undefined): void {
    const listener = present(this.listener, "the listener of a started carrier");
    const settle = (durable: boolean): void => {
      respond(durable ? CommandStatus.ESME_ROK : CommandStatus.ESME_RX_T_APPN);
    };
    const { body } = pdu;
    const receipt = readReceipt(body);
    if (receipt !== undefined) {
      const { result, errorCode } = receiptResult(receipt);
      const reference = this.options.settings.userReference ? body.tlvs?.user_message_reference : undefined;
      listener.onReceipt(
        {
          id: normaliseMessageId(receipt.id, RECEIPT_FORMS[this.options.settings.messageIds]),
          result,
          from: body.destination_addr,
          to: body.source_addr,
          ...(errorCode === undefined ? {} : { errorCode }),
          ...(receipt.doneDate === undefined ? {} : { doneDate: receipt.doneDate }),
          ...(reference === undefined ? {} : { reference }),
          ...(this.options.settings.receipts === "last-part" ? { wholeMessage: true } : {}),
        },
        settle,
      );
      return;
    }
    const short = "short_message" in body ? body.short_message : undefined;
    const { ia5Alphabet, defaultAlphabet } = this.options.settings;
    // Some carriers say IA5 and mean GSM-7, one septet an octet.
    const isGsm7 = body.data_coding === DataCoding.IA5 && ia5Alphabet === "gsm7";
    const data = decodeUserData({
      dataCoding: isGsm7 ? DataCoding.SMSC_DEFAULT : body.data_coding,
      shortMessage: short !== undefined && short.length > 0 ? short : (body.tlvs?.message_payload ?? Buffer.alloc(0)),
      udhi: hasUdh(body.esm_class),
      defaultAlphabet: isGsm7 ? "gsm7" : defaultAlphabet,
    });
    const concat = data.concat ?? sarOf(body.tlvs);
    if (data.text === undefined) {
      this.options.logger.warn("carrier.binary-text", { carrier: this.name, dataCoding: body.data_coding });
      return settle(true);
    }
    listener.onText(
      {
        from: publicAddress(body.source_addr_ton, body.source_addr),
        to: publicAddress(body.dest_addr_ton, body.destination_addr),
        text: data.text,
        encoding: data.alphabet === "ucs2" ? "UCS-2" : "GSM-7",
        ...(concat === undefined ? {} : { concat }),
      },
      settle,
      tap === undefined
        ? undefined
        : (sid) => {
            tap.delivered(pdu.sequence, { sid, attempt: undefined, part: (concat?.sequence ?? 1) - 1 });
          },
    );
  }

  status(): CarrierStatus {
    const binds = this.clients.map((bound) => bindStatus(bound, this.options.settings.window));
    return { name: this.name, type: "smpp", up: this.up, binds };
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map(({ client }) => client.stop(DRAIN_MS)));
  }
}

function labelOf({ sid, attempt, part }: Submission): EntryLabel {
  return { sid, attempt, part };
}

function bindStatus({ bind, client }: Bound, windowLimit: number): BindStatus {
  const { state, outstanding, sinceMs } = client;
  const common = { state: `${bind} ${state.name}`, kind: bind, sinceMs, outstanding, windowLimit };
  if (state.name === "bound") {
    const { peerSystemId, interfaceVersion } = state;
    const version = interfaceVersion === undefined ? {} : { version: versionName(interfaceVersion) };
    return { ...common, window: client.windowSize, peer: peerSystemId, ...version };
  }
  if (state.name !== "waiting") return common;
  return { ...common, detail: causeText(state.cause), retryAtMs: sinceMs + state.delayMs };
}

function versionName(version: number): string {
  return `${version >> 4}.${version & 0xf}`;
}

function causeText(cause: WaitCause): string {
  switch (cause.kind) {
    case "connect-failed":
      return `no connection: ${cause.code}`;
    case "bind-refused": {
      const { name, text } = explainStatus(cause.status);
      return `bind refused with ${name}: ${text}`;
    }
    case "closed":
      return `connection ended: ${cause.reason}`;
  }
}

/** Digits are international, letters alphanumeric, short numbers as the network knows them (SMPP 3.4 §5.2.5). */
function sourceAddress(from: string): { ton: number; npi: number; address: string } {
  if (from.startsWith("+")) return { ton: Ton.INTERNATIONAL, npi: Npi.ISDN, address: from.slice(1) };
  if (/^\d+$/.test(from)) return { ton: Ton.NETWORK_SPECIFIC, npi: Npi.UNKNOWN, address: from };
  return { ton: Ton.ALPHANUMERIC, npi: Npi.UNKNOWN, address: from };
}

/** Eight digits or more are taken for E.164 even where the carrier does not say so. */
function publicAddress(ton: number, address: string): string {
  if (address.startsWith("+") || !/^\d+$/.test(address)) return address;
  return ton === Ton.INTERNATIONAL || (ton !== Ton.NETWORK_SPECIFIC && address.length >= 8) ? `+${address}` : address;
}

/** Vendor TLVs as C-octet strings, which is how operators write the ids of registries. */
function vendorTlvs(vendor: Readonly<Record<string, string>>): { tag: number; value: Buffer }[] {
  const tlvs: { tag: number; value: Buffer }[] = [];
  for (const [name, text] of Object.entries(vendor)) {
    const tag = Number(name);
    if (tag > 0 && tag <= 0xffff) tlvs.push({ tag, value: Buffer.from(`${text}\0`, "utf8") });
  }
  return tlvs;
}

function tlvsOf(part: MessagePart): NonNullable<PduBodyInput["submit_sm"]["tlvs"]> {
  return {
    ...(part.payload === undefined ? {} : { message_payload: part.payload }),
    ...(part.sar === undefined
      ? {}
      : {
          sar_msg_ref_num: part.sar.reference,
          sar_total_segments: part.sar.total,
          sar_segment_seqnum: part.sar.sequence,
        }),
  };
}

function sarOf(tlvs: DeliveryPdu["body"]["tlvs"]): { reference: number; total: number; sequence: number } | undefined {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: sequence } = tlvs ?? {};
  if (reference === undefined || total === undefined || sequence === undefined) return undefined;
  return { reference, total, sequence };
}

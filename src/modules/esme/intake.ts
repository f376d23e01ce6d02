import type { AppError } from "../../kernel/errors.ts";
import { wellFormed } from "../../protocols/sms/index.ts";
import { CommandStatus, MAX_DESTINATIONS, type PduBody } from "../../protocols/smpp/index.ts";
import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import type { Respond } from "../../platform/smpp/index.ts";
import { apiAddress } from "./addresses.ts";
import type { Bind } from "./bind.ts";
import { CommitBatch } from "./commit-batch.ts";
import { esmeErrors } from "./errors.ts";
import type { EsmeState } from "./esme-state.ts";
import { groupId, groupMember, partId } from "./message-ids.ts";
import type { Accepted, MessageOrigin, MessagingDoor, SmppAddress, SubmittedMessage } from "./messaging-door.ts";
import { PartSets, type OpenSet } from "./part-sets.ts";
import { readSubmission, type SubmitBody, type SubmittedContent } from "./read-submission.ts";
import type { KeptPart, PartKept, PartSetHead, PartsGivenUp, PartsJoined } from "./records.ts";
import { statusOfRefusal } from "./refusal-status.ts";

export interface IntakeDeps {
  readonly state: EsmeState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly mintSid: (prefix: string) => string;
  readonly messaging: MessagingDoor;
}

/** Parts that wait longer than this for the others will never be a message. */
const PARTS_LIMIT_MS = 10 * 60_000;
const SWEEP_MS = 5_000;
const SWEEP_BATCH = 500;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Unsuccessful = PduBody["submit_multi_resp"]["unsuccess_sme"][number];

/** Takes what clients submit: the same operation and rules as the REST API, durable before the answer. */
export class Intake {
  private readonly deps: IntakeDeps;
  private readonly batch: CommitBatch;
  private readonly sets = new PartSets();
  private timer: Timer | undefined;

  constructor(deps: IntakeDeps) {
    this.deps = deps;
    this.batch = new CommitBatch(deps.cell);
  }

  /** Goes on with the parts that the cell remembers, and begins to look for those that wait too long. */
  start(): void {
    this.sets.load(this.deps.state.partSets.values());
    this.arm();
  }

  close(): void {
    this.timer?.cancel();
  }

  /** Long messages that wait for parts. */
  get openSets(): number {
    return this.sets.size;
  }

  /** Whether parts wait under this SID. */
  isOpen(sid: string, accountSid: string): boolean {
    return this.sets.isOpen(sid, accountSid);
  }

  /** A submit_sm or data_sm. */
  submit(bind: Bind, body: PduBody["submit_sm"] | PduBody["data_sm"], respond: Respond): void {
    const content = this.read(bind, body);
    if (typeof content === "number") return refuse(bind, respond, content);
    const destination = {
      ton: body.dest_addr_ton,
      npi: body.dest_addr_npi,
      address: body.destination_addr,
    };
    const wanted = this.message(bind, content, { source: sourceOf(body), destination });
    if (typeof wanted === "number") return refuse(bind, respond, wanted);
    this.whenPrepared(bind, () => {
      if (content.concat !== undefined) return this.takePart({ bind, content, wanted, respond });
      const draft = this.accept(wanted);
      if (typeof draft === "number") return refuse(bind, respond, draft);
      this.batch.add([draft], (error) => {
        if (error !== undefined) this.deps.messaging.cancelAccept(draft);
        answer(bind, respond, error, draft.sid);
      });
    });
  }

  /** Nearly always at once: what an account can pay is known here. Where it cannot be asked, the account is taken at its word. */
  private whenPrepared(bind: Bind, run: () => void): void {
    const prepared = this.deps.messaging.prepare(bind.grant.accountSid);
    if (prepared === undefined) return run();
    void prepared.then(run, run);
  }

  /** A submit_multi: one id stands for the messages to all destinations that were taken. */
  submitMulti(bind: Bind, body: PduBody["submit_multi"], respond: Respond): void {
    const content = this.read(bind, body);
    if (typeof content === "number") return refuse(bind, respond, content);
    // A reference counts for one destination; there is no telling what its parts to several would be.
    if (content.concat !== undefined) return refuse(bind, respond, CommandStatus.ESME_RINVESMCLASS);
    const count = body.dest_address.length;
    if (count === 0 || count > MAX_DESTINATIONS) return refuse(bind, respond, CommandStatus.ESME_RINVNUMDESTS);
    this.whenPrepared(bind, () => this.takeMulti({ bind, body, content, respond }));
  }

  private takeMulti(given: {
    readonly bind: Bind;
    readonly body: PduBody["submit_multi"];
    readonly content: SubmittedContent;
    readonly respond: Respond;
  }): void {
    const { bind, body, content, respond } = given;
    const base = this.deps.mintSid("SM");
    const source = sourceOf(body);
    const failed: Unsuccessful[] = [];
    const taken: SubmittedMessage[] = [];
    for (const given of body.dest_address) {
      if (given.dest_flag === 2) return refuse(bind, respond, CommandStatus.ESME_RINVDLNAME);
      const destination = { ton: given.dest_addr_ton, npi: given.dest_addr_npi, address: given.destination_addr };
      const wanted = this.message(bind, content, { source, destination });
      const refusal = typeof wanted === "number" ? wanted : this.check(wanted);
      if (typeof wanted !== "number" && refusal === undefined) taken.push(wanted);
      else failed.push(unsuccessful(destination, refusal ?? CommandStatus.ESME_RSYSERR));
    }
    if (taken.length === 0) {
      bind.refused += 1;
      respond(CommandStatus.ESME_RSUBMITFAIL, { message_id: "", unsuccess_sme: failed });
      return;
    }
    const id = groupId(base, taken.length);
    const drafts: Accepted[] = [];
    const cancel = (): void => drafts.forEach((draft) => this.deps.messaging.cancelAccept(draft));
    for (const [index, wanted] of taken.entries()) {
      const draft = this.accept({ ...wanted, origin: { ...wanted.origin, partIds: [id] } }, groupMember(base, index));
      if (typeof draft === "number") {
        cancel();
        return refuse(bind, respond, draft);
      }
      drafts.push(draft);
    }
    this.batch.add(drafts, (error) => {
      if (error !== undefined) cancel();
      if (error !== undefined) return refuse(bind, respond, statusOfRefusal(error));
      bind.submitted += taken.length;
      respond(CommandStatus.ESME_ROK, { message_id: id, unsuccess_sme: failed });
    });
  }

  private read(bind: Bind, body: SubmitBody): SubmittedContent | number {
    const { settings } = bind.grant;
    return readSubmission(body, {
      defaultAlphabet: settings.defaultAlphabet,
      nowMs: this.deps.clock.nowMs(),
      version: bind.session.interfaceVersion,
    });
  }

  private message(
    bind: Bind,
    content: SubmittedContent,
    between: { readonly source: SmppAddress; readonly destination: SmppAddress },
  ): SubmittedMessage | number {
    const { accountSid, systemId, settings } = bind.grant;
    const { source, destination } = between;
    const to = apiAddress(destination);
    if (to === undefined) return CommandStatus.ESME_RINVDSTADR;
    const from = apiAddress(source);
    if (from === undefined) return CommandStatus.ESME_RINVSRCADR;
    const origin: Mutable<MessageOrigin> = { kind: "smpp", systemId, receipt: content.receipt, source, destination };
    if (content.intermediate) origin.intermediate = true;
    if (content.userReference !== undefined) origin.userReference = content.userReference;
    const { text: body, validitySeconds } = content;
    const trafficClass = content.trafficClass ?? settings.trafficClass;
    return { accountSid, from, to, body, validitySeconds, trafficClass, origin, dlt: content.dlt };
  }

  /** The record that accepts a message, whose price is set aside; or the status that refuses it. */
  private accept(wanted: SubmittedMessage, sid?: string): Accepted | number {
    try {
      return this.deps.messaging.accept(wanted, sid);
    } catch (error) {
      return statusOfRefusal(error);
    }
  }

  /** The status that a message would be refused with. */
  private check(wanted: SubmittedMessage): number | undefined {
    try {
      this.deps.messaging.check(wanted);
      return undefined;
    } catch (error) {
      return statusOfRefusal(error);
    }
  }

  private takePart(given: {
    readonly bind: Bind;
    readonly content: SubmittedContent;
    readonly wanted: SubmittedMessage;
    readonly respond: Respond;
  }): void {
    const { bind, content, wanted, respond } = given;
    const { reference, total, sequence } = content.concat ?? { reference: 0, total: 1, sequence: 1 };
    const { systemId, accountSid } = bind.grant;
    const key = [systemId, wanted.from, wanted.to, reference, total].join("|");
    const sid = this.sets.find(key)?.head.sid ?? this.deps.mintSid("SM");
    // Each part is asked the rules, so that the first one tells what is wrong with all.
    const refusal = this.check(wanted);
    if (refusal !== undefined) return refuse(bind, respond, refusal);
    const { source, destination, userReference } = wanted.origin;
    const head: PartSetHead = {
      key,
      sid,
      systemId,
      accountSid,
      total,
      from: wanted.from,
      to: wanted.to,
      source,
      destination,
      ...(userReference === undefined ? {} : { userReference }),
    };
    const part: KeptPart = { text: content.text, receipt: content.receipt };
    const arrival = this.sets.add({ head, sequence, part, nowMs: this.deps.clock.nowMs() });
    if (!("set" in arrival)) {
      const isFull = arrival.kind === "full";
      return refuse(bind, respond, isFull ? CommandStatus.ESME_RMSGQFUL : CommandStatus.ESME_RINVMSGLEN);
    }
    const { set } = arrival;
    if (arrival.kind === "complete") return this.join({ bind, set, sequence, wanted, respond });
    const record: PartKept = { kind: "esme.part-kept", ...set.head, sequence, part };
    this.batch.add([record], (error) => {
      if (error !== undefined) this.sets.takeBack(set, sequence);
      answer(bind, respond, error, partId(set.head.sid, sequence));
    });
  }

  /** The last part makes the message: it is accepted, and what was kept of the others is not needed any more. */
  private join(given: {
    readonly bind: Bind;
    readonly set: OpenSet;
    readonly sequence: number;
    readonly wanted: SubmittedMessage;
    readonly respond: Respond;
  }): void {
    const { bind, set, sequence, wanted, respond } = given;
    const { key, sid } = set.head;
    const parts = [...set.parts].toSorted(([a], [b]) => a - b);
    const asked = parts.filter(([, part]) => part.receipt !== "none");
    const receipt = asked.some(([, part]) => part.receipt === "all") ? "all" : (asked[0]?.[1].receipt ?? "none");
    const body = wellFormed(parts.map(([, part]) => part.text).join(""));
    const origin: MessageOrigin = { ...wanted.origin, receipt, partIds: asked.map(([place]) => partId(sid, place)) };
    const draft = this.accept({ ...wanted, body, origin }, sid);
    if (typeof draft === "number") {
      set.parts.delete(sequence);
      this.giveUp([set], esmeErrors.partsIncomplete.code);
      return refuse(bind, respond, draft);
    }
    const joined: PartsJoined = { kind: "esme.parts-joined", key, sid };
    this.batch.add([draft, joined], (error) => {
      if (error !== undefined) {
        this.deps.messaging.cancelAccept(draft);
        this.sets.takeBack(set, sequence);
      }
      answer(bind, respond, error, partId(sid, sequence));
    });
  }

  private arm(): void {
    this.timer = this.deps.clock.after(SWEEP_MS, () => {
      const latestMs = this.deps.clock.nowMs() - PARTS_LIMIT_MS;
      const old = this.sets.takeOlder(latestMs, SWEEP_BATCH);
      if (old.length > 0) this.giveUp(old, esmeErrors.partsIncomplete.code);
      this.arm();
    });
  }

  private giveUp(sets: readonly OpenSet[], errorCode: number): void {
    const named = sets.map(({ head: { key, sid } }) => ({ key, sid }));
    const record: PartsGivenUp = { kind: "esme.parts-given-up", sets: named, errorCode };
    this.deps.cell().commitThen(record, "progress", (error) => {
      if (error === undefined) return;
      this.deps.logger.warn("esme.parts.give-up-failed", { sets: sets.length, reason: error.message });
      this.sets.restore(sets);
    });
  }
}

function sourceOf(body: SubmitBody): SmppAddress {
  return { ton: body.source_addr_ton, npi: body.source_addr_npi, address: body.source_addr };
}

function unsuccessful({ ton, npi, address }: SmppAddress, status: number): Unsuccessful {
  return { dest_addr_ton: ton, dest_addr_npi: npi, destination_addr: address.slice(0, 20), error_status_code: status };
}

function refuse(bind: Bind, respond: Respond, status: number): void {
  bind.refused += 1;
  respond(status);
}

function answer(bind: Bind, respond: Respond, error: AppError | undefined, messageId: string): void {
  if (error !== undefined) return refuse(bind, respond, statusOfRefusal(error));
  bind.submitted += 1;
  respond(CommandStatus.ESME_ROK, { message_id: messageId });
}

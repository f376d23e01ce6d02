import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { AnyPdu, Pdu, PduBody, PduInput, UnsuccessfulAddress } from "../../protocols/smpp/index.ts";
import type { Clock, Logger, Net } from "../../platform/ports.ts";
import { SmppServer } from "../../platform/smpp/index.ts";
import type { BindRequest, BindVerdict, Respond, ServerSession } from "../../platform/smpp/index.ts";
import { phoneNumber } from "./addresses.ts";
import { Agenda } from "./agenda.ts";
import { Deliveries } from "./deliveries.ts";
import { Listeners } from "./events.ts";
import type { SimulatorListener } from "./events.ts";
import { NO_FAULTS, changeFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { Inquiries } from "./inquiries.ts";
import { Intake } from "./intake.ts";
import { MessageIds, showId } from "./message-ids.ts";
import { Misconduct, newSessionCount } from "./misconduct.ts";
import type { Conduct, SessionCount } from "./misconduct.ts";
import { resolveSimulatorOptions } from "./options.ts";
import type { ResolvedSimulatorOptions, SimulatorOptions } from "./options.ts";
import { OutgoingTexts } from "./outgoing-texts.ts";
import type { TextFromPhone } from "./outgoing-texts.ts";
import type { PhoneMessage } from "./phone-message.ts";
import type { PhoneStore } from "./phone-store.ts";
import { Phones } from "./phones.ts";
import type { PhonePage } from "./phones.ts";
import { ReceiptDesk } from "./receipt-desk.ts";
import { Records } from "./records.ts";
import { RecentMap } from "./recent-map.ts";
import { ResponseOrder } from "./response-order.ts";
import { SubmissionBook } from "./submission-book.ts";

/** What the simulated carrier needs from outside. */
export interface SimulatorDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: PhoneStore;
}

/** How the carrier calls itself in bind responses. */
const SYSTEM_ID = "trunkline-sim";
/** Numbers whose application is remembered, at least. */
const KEPT_ROUTES = 50_000;
/** Swallowed and unanswered submits stay unanswered for as long as their session. */
const MAX_UNANSWERED = 200_000;
/** The largest page that a list gives. */
const MAX_PAGE = 1_000;

/**
 * A simulated carrier: an SMSC on SMPP 3.4 and 5.0 with virtual phones behind it. A text
 * to any number lands on the phone of that number, a phone can text back, and
 * {@link Faults} make it as bad a carrier as one wants.
 */
export class Simulator {
  private readonly options: ResolvedSimulatorOptions;
  private readonly deps: SimulatorDeps;
  private readonly server: SmppServer;
  private readonly agenda: Agenda;
  private readonly records: Records;
  private readonly deliveries: Deliveries;
  private readonly listeners = new Listeners();
  private readonly book = new SubmissionBook();
  private readonly ids: MessageIds;
  private readonly inquiries: Inquiries;
  private readonly order: ResponseOrder;
  /** The application that last sent from a number. */
  private readonly routes = new RecentMap<string>(KEPT_ROUTES);
  private readonly misconduct: Misconduct;
  private readonly intake: Intake;
  private readonly desk: ReceiptDesk;
  private readonly outgoing: OutgoingTexts;
  private readonly counts = new WeakMap<ServerSession, SessionCount>();

  constructor(deps: SimulatorDeps, options: SimulatorOptions) {
    this.deps = deps;
    this.options = resolveSimulatorOptions(options);
    const { clock, log, net, store } = deps;
    const { messageIds, defaultAlphabet, maxWaiting } = this.options;
    const { listeners } = this;
    const ids = new MessageIds(clock.nowMs());
    this.ids = ids;
    this.misconduct = new Misconduct(changeFaults(NO_FAULTS, { ...this.options.faults }));
    const agenda = new Agenda(clock);
    const records = new Records({ phones: new Phones(this.options.phones), store, log });
    const deliveries = new Deliveries({ agenda, log, maxWaiting });
    this.agenda = agenda;
    this.order = new ResponseOrder(agenda);
    this.records = records;
    this.deliveries = deliveries;
    this.intake = new Intake({ clock, agenda, records, listeners, defaultAlphabet });
    const { receiptForm: form } = this.options;
    this.desk = new ReceiptDesk({
      clock,
      log,
      agenda,
      records,
      deliveries,
      listeners,
      idBase: messageIds.receipt,
      form,
    });
    const { book, desk } = this;
    this.inquiries = new Inquiries({ book, desk, records, idBase: messageIds.response, defaultAlphabet });
    const format = { method: this.options.longTexts, defaultAlphabet };
    const leases = new Map(Array.from(this.options.leases, ([number, owner]) => [phoneNumber(number), owner]));
    const routeOf = (number: string): string | undefined => this.routes.get(number) ?? leases.get(number);
    this.outgoing = new OutgoingTexts({ clock, records, deliveries, listeners, ids, format, routeOf });
    this.server = new SmppServer({
      net,
      clock,
      log,
      systemId: SYSTEM_ID,
      authenticate: (request) => this.authenticate(request),
      onRequest: (session, pdu, respond) => this.request(session, pdu, respond),
      onBound: (session) => this.bound(session),
      onReady: (session) => deliveries.pump(session.systemId),
      onClosed: (session) => this.unbound(session),
      timers: this.options.timers,
      limits: { window: this.options.window, maxUnanswered: MAX_UNANSWERED },
    });
  }

  /** Reads the phones from the store, goes on with what waited, and listens. Resolves to where. */
  async start(): Promise<{ host: string; port: number }> {
    await this.records.load();
    for (const { message } of this.records.phones.all()) {
      if (message.systemId !== undefined) this.routes.set(message.from, message.systemId);
      else if (message.state === "queued") this.outgoing.resume(message);
    }
    this.desk.resume();
    this.intake.expire();
    return this.server.listen({ host: this.options.host, port: this.options.port });
  }

  /** Unbinds everybody, waiting at most `drainMs`, and writes what the phones hold. */
  async stop(drainMs: number): Promise<void> {
    await this.server.close(drainMs);
    this.agenda.clear();
    await this.records.close();
  }

  /** A page of phones, the one with the latest message first. */
  listPhones(page: { limit: number; cursor?: string }): PhonePage {
    return this.records.phones.list({ ...page, limit: pageSize(page.limit) });
  }

  /** The newest messages of a phone, oldest first; none for a number that was never texted. */
  phoneMessages(number: string, page: { limit: number }): readonly PhoneMessage[] {
    return this.records.phones.messages(phoneNumber(number), pageSize(page.limit));
  }

  /** Has a phone send a text. Throws an AppError for what no phone could send, or when too much waits. */
  sendFromPhone(text: TextFromPhone): PhoneMessage {
    return this.outgoing.send(text);
  }

  /** The faults in force. */
  getFaults(): Faults {
    return this.misconduct.faults;
  }

  /** Changes the faults that are named, from the next message on. Throws an AppError for names and values that do not exist. */
  setFaults(change: Readonly<Record<string, unknown>>): Faults {
    const faults = changeFaults(this.misconduct.faults, change);
    this.misconduct.set(faults);
    for (const session of this.server.sessions) this.misbehave(session);
    this.listeners.tell({ type: "faults", faults });
    return faults;
  }

  /** Hears every event from now on; the result ends it. */
  onEvent(listener: SimulatorListener): () => void {
    return this.listeners.add(listener);
  }

  /** The applications that are bound. */
  get binds(): { systemId: string; bind: string; peer: string }[] {
    return [...this.server.sessions].map(({ systemId, bind, peer }) => ({ systemId, bind, peer }));
  }

  private authenticate(request: BindRequest): BindVerdict {
    const { credentials } = this.options;
    if (credentials === undefined) return { accept: true };
    const known = credentials.find((one) => one.systemId === request.systemId);
    if (known === undefined) return { accept: false, status: CommandStatus.ESME_RINVSYSID };
    if (known.password !== request.password) return { accept: false, status: CommandStatus.ESME_RINVPASWD };
    return { accept: true };
  }

  private bound(session: ServerSession): void {
    this.counts.set(session, newSessionCount());
    const { systemId, bind, peer } = session;
    this.listeners.tell({ type: "bound", systemId, bind, peer });
    this.misbehave(session);
    if (session.canReceive) this.deliveries.join(session);
  }

  private unbound(session: ServerSession): void {
    if (session.canReceive) this.deliveries.leave(session);
    const { systemId, bind, peer } = session;
    this.listeners.tell({ type: "unbound", systemId, bind, peer });
  }

  private misbehave(session: ServerSession): void {
    session.deafen(this.misconduct.faults.blackHole);
    if (this.misconduct.faults.stopReading) session.pause();
    else session.resume();
  }

  private request(session: ServerSession, pdu: AnyPdu, respond: Respond): void {
    switch (pdu.command) {
      case "submit_sm":
      case "data_sm":
        return this.submit(session, pdu, respond);
      case "submit_multi":
        return this.submitMulti(session, pdu, respond);
      case "query_sm":
        return this.inquiries.query(session.systemId, pdu, respond);
      case "cancel_sm":
        return this.inquiries.cancel(session.systemId, pdu, respond);
      case "replace_sm":
        return this.inquiries.replace(session.systemId, pdu, respond);
      default:
        respond(CommandStatus.ESME_RINVCMDID);
    }
  }

  private submit(session: ServerSession, pdu: Pdu<"submit_sm"> | Pdu<"data_sm">, respond: Respond): void {
    const { body } = pdu;
    const problem = this.submitProblem(body);
    if (problem !== undefined) return void respond(problem);
    const conduct = this.decide(session, body.destination_addr);
    if (conduct.kind === "refuse")
      return this.later(this.misconduct.faults.responseDelayMs, () => void respond(conduct.status));
    if (conduct.kind === "swallow") return;
    const id = this.ids.next();
    const { early, open } = this.take({ session, body, conduct, id });
    // With no delay the receipt goes into the output here, before the response below.
    if (early) open();
    this.answerLater({ session, pdu, respond, conduct, id });
    if (!early) open();
  }

  /** One message to several (SMPP 3.4 §4.5): the first that is taken decides how it is answered; lists are not known here. */
  private submitMulti(session: ServerSession, pdu: Pdu<"submit_multi">, respond: Respond): void {
    const { dest_address: destinations, ...rest } = pdu.body;
    const failed: UnsuccessfulAddress[] = [];
    const opened: (() => void)[] = [];
    const id = this.ids.next();
    let answering: Taking | undefined;
    for (const one of destinations) {
      if (one.dest_flag === 2) {
        failed.push(failure({ ...NO_ADDRESS, destination_addr: one.dl_name }, CommandStatus.ESME_RINVDLNAME));
        continue;
      }
      const body = { ...rest, ...one };
      const status = this.submitProblem(body);
      const conduct = status === undefined ? this.decide(session, one.destination_addr) : undefined;
      if (conduct === undefined || conduct.kind === "refuse") {
        failed.push(failure(one, status ?? (conduct as { status: number }).status));
      } else if (conduct.kind === "take") {
        answering ??= conduct;
        opened.push(this.take({ session, body, conduct, id }).open);
      }
    }
    const told = { unsuccess_sme: failed };
    if (answering !== undefined) this.answerLater({ session, pdu, respond, conduct: answering, id, told });
    else if (failed.length > 0) respond(CommandStatus.ESME_RSUBMITFAIL, told);
    for (const open of opened) open();
  }

  private decide(session: ServerSession, destination: string): Conduct {
    const count = this.counts.get(session) ?? newSessionCount();
    return this.misconduct.decide({ destination, nowMs: this.deps.clock.monotonicMs() }, count);
  }

  /** Puts a message on its phone. `open` lets its receipt go its way, for `early` ones before the response. */
  private take(taken: {
    session: ServerSession;
    body: PduBody["submit_sm"] | PduBody["data_sm"];
    conduct: Taking;
    id: string;
  }): { early: boolean; open: () => void } {
    const { conduct, body, id } = taken;
    const { systemId } = taken.session;
    const receiptDelayMs = conduct.receiptFirst ? 0 : conduct.receiptDelayMs;
    // Those of one submit_multi share the id that was answered; their own tell them apart on the phones.
    const isFirst = this.book.under(id, systemId).length === 0;
    const named = isFirst ? undefined : id;
    const receiptId = conduct.isWrongId ? this.ids.next() : named;
    const submission = this.intake.take({
      id: isFirst ? id : this.ids.next(),
      body,
      systemId,
      outcome: conduct.state,
      receiptDelayMs,
      receiptId,
    });
    this.book.add(id, submission);
    this.routes.set(submission.from, systemId);
    const early = receiptDelayMs === 0 && conduct.receiptFirst;
    const delayMs = early ? 0 : Math.max(1, receiptDelayMs);
    return { early, open: () => this.desk.open(submission, delayMs, conduct.receiptCopies) };
  }

  private answerLater(to: Answering): void {
    this.later(to.conduct.responseDelayMs, () => this.order.give(to.session, to.conduct.isHeld, () => this.answer(to)));
  }

  private submitProblem(body: { source_addr: string; destination_addr: string }): number | undefined {
    if (body.destination_addr === "" || body.destination_addr.length > MAX_ADDRESS)
      return CommandStatus.ESME_RINVDSTADR;
    if (body.source_addr.length > MAX_ADDRESS) return CommandStatus.ESME_RINVSRCADR;
    const waiting = this.agenda.size + this.deliveries.size;
    return waiting >= this.options.maxWaiting ? CommandStatus.ESME_RMSGQFUL : undefined;
  }

  private answer(to: Answering): void {
    const body = { message_id: showId(to.id, this.options.messageIds.response), ...to.told };
    switch (to.conduct.answer) {
      case "answer":
        to.respond(CommandStatus.ESME_ROK, body);
        return;
      case "silence":
        return;
      case "break":
        return to.session.destroy("severed");
      case "half":
        return to.session.severWithin({
          command: `${to.pdu.command}_resp`,
          sequence: to.pdu.sequence,
          body,
        } as PduInput);
    }
  }

  private later(delayMs: number, run: () => void): void {
    if (delayMs === 0) run();
    else this.agenda.after(delayMs, run);
  }
}

type Taking = Extract<Conduct, { kind: "take" }>;

/** A response that is on its way. */
interface Answering {
  readonly session: ServerSession;
  readonly pdu: AnyPdu;
  readonly respond: Respond;
  readonly conduct: Taking;
  readonly id: string;
  readonly told?: { readonly unsuccess_sme: UnsuccessfulAddress[] };
}

const NO_ADDRESS = { dest_addr_ton: 0, dest_addr_npi: 0 };

function failure(address: Omit<UnsuccessfulAddress, "error_status_code">, status: number): UnsuccessfulAddress {
  const { dest_addr_ton, dest_addr_npi, destination_addr } = address;
  return { dest_addr_ton, dest_addr_npi, destination_addr, error_status_code: status };
}

/** Characters of an address that a deliver_sm can carry back (SMPP 3.4 §5.2.8). */
const MAX_ADDRESS = 20;

function pageSize(limit: number): number {
  return Number.isInteger(limit) ? Math.min(MAX_PAGE, Math.max(1, limit)) : MAX_PAGE;
}

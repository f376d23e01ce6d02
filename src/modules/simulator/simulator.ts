import { CommandStatus, MessageState, encodeAbsoluteTime } from "../../protocols/smpp/index.ts";
import type { AnyPdu, Pdu, PduInput } from "../../protocols/smpp/index.ts";
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
import { Intake } from "./intake.ts";
import { MessageIds, readId, showId } from "./message-ids.ts";
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
import type { Submission } from "./submission.ts";

/** What the simulated carrier needs from outside. */
export interface SimulatorDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: PhoneStore;
}

/** How the carrier calls itself in bind responses. */
const SYSTEM_ID = "trunkline-sim";
/** Submissions that query_sm can ask about, at least. */
const KEPT_SUBMISSIONS = 50_000;
/** Numbers whose application is remembered, at least. */
const KEPT_ROUTES = 50_000;
/** Swallowed and unanswered submits stay unanswered for as long as their session. */
const MAX_UNANSWERED = 200_000;
/** The largest page that a list gives. */
const MAX_PAGE = 1_000;

/**
 * A simulated carrier: an SMSC on SMPP 3.4 with virtual phones behind it. A text
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
  private readonly submissions = new RecentMap<Submission>(KEPT_SUBMISSIONS);
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
    this.misconduct = new Misconduct(changeFaults(NO_FAULTS, { ...this.options.faults }));
    const agenda = new Agenda(clock);
    const records = new Records({ phones: new Phones(this.options.phones), store, log });
    const deliveries = new Deliveries({ agenda, log, maxWaiting });
    this.agenda = agenda;
    this.records = records;
    this.deliveries = deliveries;
    this.intake = new Intake({ clock, agenda, records, listeners, ids, defaultAlphabet });
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
    const format = { method: this.options.longTexts, defaultAlphabet };
    const routeOf = (number: string): string | undefined => this.routes.get(number);
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
    for (const session of this.server.sessions) this.pauseIfTold(session);
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
    this.pauseIfTold(session);
    if (session.canReceive) this.deliveries.join(session);
  }

  private unbound(session: ServerSession): void {
    if (session.canReceive) this.deliveries.leave(session);
    const { systemId, bind, peer } = session;
    this.listeners.tell({ type: "unbound", systemId, bind, peer });
  }

  private pauseIfTold(session: ServerSession): void {
    if (this.misconduct.faults.stopReading) session.pauseReading();
    else session.resumeReading();
  }

  private request(session: ServerSession, pdu: AnyPdu, respond: Respond): void {
    switch (pdu.command) {
      case "submit_sm":
      case "data_sm":
        return this.submit(session, pdu, respond);
      case "query_sm":
        return this.query(pdu, respond);
      case "cancel_sm":
        return this.cancel(pdu, respond);
      case "replace_sm":
        respond(CommandStatus.ESME_RREPLACEFAIL);
        return;
      default:
        respond(CommandStatus.ESME_RINVCMDID);
    }
  }

  private submit(session: ServerSession, pdu: Pdu<"submit_sm"> | Pdu<"data_sm">, respond: Respond): void {
    const { body } = pdu;
    const problem = this.submitProblem(body);
    if (problem !== undefined) return void respond(problem);
    const count = this.counts.get(session) ?? newSessionCount();
    const facts = { destination: body.destination_addr, nowMs: this.deps.clock.monotonicMs() };
    const conduct = this.misconduct.decide(facts, count);
    if (conduct.kind === "refuse")
      return this.later(this.misconduct.faults.responseDelayMs, () => void respond(conduct.status));
    if (conduct.kind === "swallow") return;
    const { systemId } = session;
    const receiptDelayMs = conduct.receiptFirst ? 0 : conduct.receiptDelayMs;
    const submission = this.intake.take({ body, systemId, outcome: conduct.state, receiptDelayMs });
    this.submissions.set(submission.id, submission);
    this.routes.set(submission.from, systemId);
    // With no delay the receipt goes into the output here, before the response below.
    const early = receiptDelayMs === 0 && conduct.receiptFirst;
    if (early) this.desk.open(submission, 0, conduct.receiptCopies);
    this.later(conduct.responseDelayMs, () => this.answer({ session, pdu, respond, conduct, id: submission.id }));
    if (!early) this.desk.open(submission, Math.max(1, receiptDelayMs), conduct.receiptCopies);
  }

  private submitProblem(body: { source_addr: string; destination_addr: string }): number | undefined {
    if (body.destination_addr === "" || body.destination_addr.length > MAX_ADDRESS)
      return CommandStatus.ESME_RINVDSTADR;
    if (body.source_addr.length > MAX_ADDRESS) return CommandStatus.ESME_RINVSRCADR;
    const waiting = this.agenda.size + this.deliveries.size;
    return waiting >= this.options.maxWaiting ? CommandStatus.ESME_RMSGQFUL : undefined;
  }

  private answer(to: {
    session: ServerSession;
    pdu: AnyPdu;
    respond: Respond;
    conduct: Extract<Conduct, { kind: "take" }>;
    id: string;
  }): void {
    const body = { message_id: showId(to.id, this.options.messageIds.response) };
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

  private query(pdu: Pdu<"query_sm">, respond: Respond): void {
    const { response } = this.options.messageIds;
    const id = readId(pdu.body.message_id, response);
    const submission = id === undefined ? undefined : this.submissions.get(id);
    if (submission === undefined) return void respond(CommandStatus.ESME_RQUERYFAIL);
    const isFinal = submission.state !== "ENROUTE";
    respond(CommandStatus.ESME_ROK, {
      message_id: pdu.body.message_id,
      final_date: isFinal ? encodeAbsoluteTime(submission.doneMs) : "",
      message_state: MessageState[submission.state],
      error_code: 0,
    });
  }

  private cancel(pdu: Pdu<"cancel_sm">, respond: Respond): void {
    const id = readId(pdu.body.message_id, this.options.messageIds.response);
    const submission = id === undefined ? undefined : this.submissions.get(id);
    if (submission === undefined || !this.desk.cancel(submission)) return void respond(CommandStatus.ESME_RCANCELFAIL);
    this.records.remove(submission.to, submission.id);
    respond(CommandStatus.ESME_ROK);
  }

  private later(delayMs: number, run: () => void): void {
    if (delayMs === 0) run();
    else this.agenda.after(delayMs, run);
  }
}

/** Characters of an address that a deliver_sm can carry back (SMPP 3.4 §5.2.8). */
const MAX_ADDRESS = 20;

function pageSize(limit: number): number {
  return Number.isInteger(limit) ? Math.min(MAX_PAGE, Math.max(1, limit)) : MAX_PAGE;
}

import { assert } from "../../kernel/assert.ts";
import { microsToDecimal } from "../../kernel/money.ts";
import type { ApplyContext, Machine } from "../../platform/cell/index.ts";
import type { ChargeHeld, ChargePosted, ChargeReleased, CostIncurred } from "../../platform/spending/index.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import { Book, type BookSink, type Grant, type Shares, type Wallet, walletKey } from "./book/index.ts";
import { ledgerErrors } from "./errors.ts";
import {
  applyAsk,
  giveBack,
  openLease,
  receiveLease,
  type EscrowAsked,
  type LeaseGivenBack,
  type LeaseOpened,
  type LeaseReceived,
  type ShareChange,
} from "./escrow/index.ts";
import { applyCredit, type CreditOutcome } from "./apply-credit.ts";
import { LineWriter } from "./line-writer.ts";
import { arrive, leave } from "./move-wallets.ts";
import type {
  AccountJoined,
  CapChanged,
  Credited,
  DepartureSettled,
  TermsChanged,
  TimesPassed,
  WalletsArrived,
  WalletsLeft,
} from "./records.ts";
import type { LedgerState } from "./state.ts";

/** Who answers for a low-balance webhook: nobody waits for its answer. */
export const LOW_BALANCE_PURPOSE = "ledger.low-balance";

/** What the process is told by the machine; nothing of it comes back into the tables. */
export interface LedgerEffects {
  /** A hold is in the tables: its reservation in memory is not needed any more. */
  held(id: string): void;
  /** An id came again with other content. */
  refused(operation: string, id: string): void;
}

/** The ledger in the cell's log: charges come as facts, in the step of the work that they are for. */
export class LedgerMachine implements BookSink {
  readonly book: Book;
  readonly machine: Machine;
  private readonly state: LedgerState;
  private readonly effects: LedgerEffects;
  private readonly lines: LineWriter;
  private context: ApplyContext | undefined;
  private posted: ChargePosted | undefined;

  constructor(state: LedgerState, effects: LedgerEffects, rememberedIds?: number) {
    this.state = state;
    this.effects = effects;
    this.lines = new LineWriter(state);
    this.book = new Book({ tables: state, sink: this, ...(rememberedIds === undefined ? {} : { rememberedIds }) });
    this.machine = {
      name: "ledger",
      tables: state.tables,
      reducers: this.reducers(),
      listeners: {
        "charge.held": (fact: ChargeHeld, context) => this.held(fact, context),
        "charge.posted": (fact: ChargePosted, context) => this.post(fact, context),
        "charge.released": (fact: ChargeReleased, context) => {
          this.context = context;
          this.book.release(fact.holdId, context.atMs);
        },
        "cost.incurred": (fact: CostIncurred, context) => this.cost(fact, context),
      },
      restored: () => {
        state.dropProjected();
        this.book.restored();
      },
    };
  }

  private reducers(): Machine["reducers"] {
    const { state } = this;
    const within =
      <R>(run: (record: R, atMs: number, context: ApplyContext) => unknown) =>
      (record: R, context: ApplyContext): unknown => {
        this.context = context;
        return run(record, context.atMs, context);
      };
    return {
      "ledger.joined": within(({ accountSid, owner, currency, isLease }: AccountJoined) =>
        this.book.join(accountSid, { owner, currency, isLease: isLease === true }),
      ),
      "ledger.terms-changed": within((record: TermsChanged, atMs) => this.changeTerms(record, atMs)),
      "ledger.cap-changed": within(({ accountSid, capMicros, period }: CapChanged) =>
        this.book.setCap(accountSid, capMicros, period),
      ),
      "ledger.credited": within((record: Credited, _atMs, context): CreditOutcome =>
        applyCredit({ state, book: this.book, lines: this.lines }, record, context),
      ),
      "ledger.times-passed": within(({ holds, wallets }: TimesPassed, atMs) => {
        for (const id of holds) this.book.expire(id, atMs);
        for (const key of wallets) this.book.bring(key, atMs);
      }),
      "ledger.escrow-asked": within((record: EscrowAsked, atMs, context) => this.asked(record, atMs, context)),
      "ledger.lease-opened": within((record: LeaseOpened) => openLease(this.book, state.leases, record)),
      "ledger.lease-received": within((record: LeaseReceived, atMs) => {
        this.book.join(record.owner, { owner: record.owner, currency: record.currency, isLease: true });
        return receiveLease(this.book, state.leases, record, atMs);
      }),
      "ledger.lease-given-back": within(({ owner, currency, amountMicros }: LeaseGivenBack, atMs) =>
        giveBack(this.book, state.leases, { owner, currency }, { amountMicros, atMs }),
      ),
      "ledger.arrived": within((record: WalletsArrived, atMs) => arrive(state, this.book, record, atMs)),
      "ledger.left": within((record: WalletsLeft) => leave(state, this.book, record)),
      "ledger.departure-settled": within(({ key, chargedMicros }: DepartureSettled) => {
        if (state.departures.get(key)?.chargedMicros === chargedMicros) state.departures.delete(key);
      }),
    };
  }

  private held(fact: ChargeHeld, context: ApplyContext): void {
    this.context = context;
    this.book.hold(fact, context.atMs, true);
    this.effects.held(fact.id);
  }

  private post(fact: ChargePosted, context: ApplyContext): void {
    this.context = context;
    this.posted = fact;
    this.book.post(fact, context.atMs);
  }

  private cost(fact: CostIncurred, context: ApplyContext): void {
    this.context = context;
    const { id, accountSid, currency, amountMicros, usage, outcome, detail } = fact;
    const carrier = detail.carrier ?? "unknown";
    if (this.book.cost({ id, carrier, currency, amountMicros }) !== "done") return;
    this.lines.add(context, {
      kind: "cost",
      accountSid,
      wallet: this.state.members.get(accountSid)?.owner ?? accountSid,
      category: "carrier-attempt",
      amountMicros,
      currency,
      count: 1,
      usage,
      usageUnit: "segments",
      ref: id,
      resourceSid: detail.resourceSid,
      country: detail.country ?? null,
      network: detail.network ?? null,
      carrier,
      attempt: detail.attempt ?? null,
      senderKind: detail.senderKind ?? null,
      outcome,
      grantsMicros: 0,
      owedMicros: 0,
      reason: null,
    });
  }

  /** {@link BookSink}: a line of the post that is being applied was booked. */
  charged(index: number, wallet: Readonly<Wallet>, { grantsMicros, owedMicros }: Shares): void {
    const { posted, context } = this;
    const line = posted?.lines[index];
    assert(posted !== undefined && line !== undefined && context !== undefined, "a charge is one of a post");
    const { detail } = line;
    this.lines.add(context, {
      kind: "charge",
      accountSid: posted.accountSid,
      wallet: wallet.owner,
      category: line.category,
      amountMicros: line.amountMicros,
      currency: posted.currency,
      count: line.count,
      usage: line.usage,
      usageUnit: line.usageUnit,
      ref: posted.holdId === undefined ? line.id : `${posted.holdId}.${line.id}`,
      resourceSid: detail.resourceSid,
      country: detail.country ?? null,
      network: detail.network ?? null,
      carrier: detail.carrier ?? null,
      attempt: detail.attempt ?? null,
      senderKind: detail.senderKind ?? null,
      outcome: null,
      grantsMicros,
      owedMicros,
      reason: null,
    });
  }

  /** {@link BookSink} */
  grantExpired(key: string, grant: Readonly<Grant>, amountMicros: number): void {
    const wallet = this.state.wallets.get(key);
    const { context } = this;
    if (wallet === undefined || context === undefined) return;
    this.lines.addCredit(context, wallet, { category: "grant-expired", amountMicros: -amountMicros, ref: grant.id });
  }

  /** {@link BookSink} */
  fellTo(key: string, wallet: Readonly<Wallet>, thresholdMicros: number): void {
    const { context } = this;
    if (context === undefined) return;
    const amount = `${microsToDecimal(thresholdMicros)} ${wallet.currency}`;
    const alert: AlertRaised = {
      kind: "alert.raised",
      accountSid: wallet.owner,
      errorCode: ledgerErrors.outOfCredit.code,
      level: "warning",
      text: `The balance has fallen to ${amount}. Requests that cost money are refused once it is used up.`,
    };
    context.emit(alert);
    if (wallet.alertUrl !== "") context.emit(lowBalanceWebhook(key, wallet, { thresholdMicros, context }));
  }

  /** {@link BookSink} */
  refused(operation: "hold" | "charge" | "cost", id: string): void {
    this.context?.effect(() => this.effects.refused(operation, id));
  }

  private changeTerms({ owner, currency, terms }: TermsChanged, atMs: number): void {
    this.book.setTerms({ owner, currency }, terms, atMs);
    this.book.join(owner, { owner, currency, isLease: false });
    for (const sid of this.membersOf(owner)) this.book.join(sid, { owner, currency, isLease: false });
  }

  /** Main account and subaccounts, as a list: joining them changes the table. */
  private membersOf(owner: string): string[] {
    const sids: string[] = [];
    for (const sid of this.state.members.keys()) if (this.state.members.get(sid)?.owner === owner) sids.push(sid);
    return sids;
  }

  private asked({ ask, offeredMicros }: EscrowAsked, atMs: number, context: ApplyContext): ShareChange {
    const { state, book } = this;
    const change = applyAsk(book, state.shares, { ask, offeredMicros }, atMs);
    const wallet = state.wallets.get(walletKey(ask.owner, ask.currency));
    if (wallet === undefined) return change;
    const ref = `${ask.cell}.${ask.life}`;
    const { grantedMicros, returnedMicros } = change;
    if (grantedMicros > 0) {
      this.lines.addCredit(context, wallet, { category: "escrow-granted", amountMicros: -grantedMicros, ref });
    }
    if (returnedMicros > 0) {
      this.lines.addCredit(context, wallet, { category: "escrow-returned", amountMicros: returnedMicros, ref });
    }
    return change;
  }
}

function lowBalanceWebhook(
  key: string,
  wallet: Readonly<Wallet>,
  { thresholdMicros, context }: { readonly thresholdMicros: number; readonly context: ApplyContext },
): WebhookRequested {
  const { owner, currency, alertUrl } = wallet;
  return {
    kind: "webhook.requested",
    // A threshold is told again after every credit, each time by another record.
    id: `${key}:low:${thresholdMicros}:${context.offset}`,
    accountSid: owner,
    orderKey: key,
    purpose: LOW_BALANCE_PURPOSE,
    resourceSid: owner,
    url: alertUrl,
    method: "POST",
    params: [
      ["AccountSid", owner],
      ["Event", "low-balance"],
      ["Threshold", microsToDecimal(thresholdMicros)],
      ["Balance", microsToDecimal(wallet.balanceMicros + wallet.grantsMicros - wallet.owedMicros)],
      ["Currency", currency],
      ["Timestamp", new Date(context.atMs).toISOString()],
    ],
  };
}

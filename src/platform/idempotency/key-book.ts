import { StateTable, type ApplyContext, type Machine } from "../cell/index.ts";
import { KeyLine } from "./key-line.ts";
import { NOT_KEPT } from "./kept-answer.ts";
import { KEY_LIMITS, type KeyLimits } from "./limits.ts";
import type { KeyAnswered, KeyBegun, KeyClaimed, KeyReleased, KeyRow, KeysAdopted } from "./records.ts";

/** One key of one account, as far as its request has come. */
export interface KnownKey {
  readonly id: string;
  /** Counts up; the order in which keys came. */
  readonly n: number;
  readonly sinceMs: number;
  readonly fingerprint: string;
  /** What was made, where that stands in the same log. */
  made?: string;
  /** The sealed answer of other work. Neither this nor `made`: the work had begun, and no more is known. */
  answer?: string;
  /** The order in which answers came; counts as `n` does. */
  answerN?: number;
}

interface Owner {
  readonly keys: KeyLine<KnownKey>;
  /** Those whose answer is kept. */
  readonly answers: KeyLine<KnownKey>;
  answerCharacters: number;
}

/** What the operator is shown. */
export interface KeyBookStatus {
  readonly keys: number;
  readonly answerCharacters: number;
  /** Keys that were forgotten before their day was over, because there were too many; since the start. */
  readonly forgottenEarly: number;
}

/** Keys that are over and are looked for with every new one, so that the work of one record is bounded. */
const MAX_SWEPT = 100;
const ACCOUNT_SID_CHARACTERS = 34;

const idOf = (accountSid: string, key: string): string => `${accountSid} ${key}`;
const accountOf = ({ id }: Readonly<KnownKey>): string => id.slice(0, ACCOUNT_SID_CHARACTERS);

/**
 * The idempotency keys of a cell, a machine over its log. A key is known by its account,
 * for a day or until there are too many (see {@link KEY_LIMITS}).
 */
export class KeyBook {
  readonly machine: Machine;
  private readonly limits: KeyLimits;
  private readonly table = new StateTable<KnownKey>("idempotency_keys", { projected: false });
  private readonly isHere = (key: KnownKey): boolean => this.table.get(key.id) === key;
  private readonly hasAnswer = (key: KnownKey): boolean => this.isHere(key) && isKept(key);
  private line = new KeyLine<KnownKey>(this.isHere);
  private readonly owners = new Map<string, Owner>();
  private answerCharacters = 0;
  private last = 0;
  private forgottenEarly = 0;

  constructor(limits: Partial<KeyLimits> = {}) {
    this.limits = { ...KEY_LIMITS, ...limits };
    this.machine = {
      name: "idempotency",
      tables: [this.table] as readonly unknown[] as readonly StateTable<never>[],
      reducers: {
        "idempotency.begun": (record: KeyBegun, context: ApplyContext) => this.begin(record, context),
        "idempotency.claimed": (record: KeyClaimed, context: ApplyContext) => this.begin(record, context, record.made),
        "idempotency.answered": (record: KeyAnswered) => this.keep(record),
        "idempotency.released": (record: KeyReleased) => this.release(record),
        "idempotency.adopted": (record: KeysAdopted, context: ApplyContext) => this.adopt(record, context),
      },
      restored: () => this.index(),
    };
  }

  /** What is known of an account's key. */
  find(accountSid: string, key: string, nowMs: number): Readonly<KnownKey> | undefined {
    const known = this.table.get(idOf(accountSid, key));
    return known === undefined || this.isOver(known, nowMs) ? undefined : known;
  }

  /** Whether one more key of an account can be remembered without forgetting one that came a moment ago. */
  hasRoom(accountSid: string, nowMs: number): boolean {
    const inTheWay = this.inTheWay(accountSid);
    return inTheWay === undefined || nowMs - inTheWay.sinceMs >= this.limits.sureMs;
  }

  /** All keys of an account, oldest first, to be taken to another cell as {@link KeysAdopted}. */
  rowsOf(accountSid: string): KeyRow[] {
    const rows: KeyRow[] = [];
    for (const { id, sinceMs, fingerprint, made, answer } of this.owners.get(accountSid)?.keys.all() ?? []) {
      const key = id.slice(ACCOUNT_SID_CHARACTERS + 1);
      const outcome = { ...(made === undefined ? {} : { made }), ...(answer === undefined ? {} : { answer }) };
      rows.push({ key, sinceMs, fingerprint, ...outcome });
    }
    return rows;
  }

  status(): KeyBookStatus {
    const { answerCharacters, forgottenEarly } = this;
    return { keys: this.table.size, answerCharacters, forgottenEarly };
  }

  private isOver(known: Readonly<KnownKey>, nowMs: number): boolean {
    return nowMs - known.sinceMs >= this.limits.keptMs;
  }

  private begin(record: KeyBegun | KeyClaimed, context: ApplyContext, made?: string): void {
    const { accountSid, key, fingerprint } = record;
    const row = { key, sinceMs: context.atMs, fingerprint };
    this.add(accountSid, made === undefined ? row : { ...row, made }, context);
  }

  private adopt({ accountSid, keys }: KeysAdopted, context: ApplyContext): void {
    for (const row of keys) this.add(accountSid, row, context);
  }

  private add(accountSid: string, row: KeyRow, context: ApplyContext): void {
    const id = idOf(accountSid, row.key);
    const known = this.table.get(id);
    // After a disk failure that left the outcome open the same record may stand in the log twice.
    if (known !== undefined && !this.isOver(known, context.atMs)) return;
    if (known !== undefined) this.forget(known);
    this.makeRoom(accountSid, context);
    this.last += 1;
    const added: KnownKey = { id, n: this.last, sinceMs: row.sinceMs, fingerprint: row.fingerprint };
    if (row.made !== undefined) added.made = row.made;
    this.table.put(id, added);
    this.enter(added);
    if (row.answer !== undefined) this.setAnswer(added, row.answer);
  }

  private makeRoom(accountSid: string, context: ApplyContext): void {
    for (let swept = 0; swept < MAX_SWEPT; swept += 1) {
      const oldest = this.line.oldest();
      if (oldest === undefined || !this.isOver(oldest, context.atMs)) break;
      this.forget(oldest);
    }
    const inTheWay = this.inTheWay(accountSid);
    if (inTheWay === undefined) return;
    this.forget(inTheWay);
    context.effect(() => (this.forgottenEarly += 1));
  }

  /** The key that has to go before another one of the account can come; `undefined` where there is room. */
  private inTheWay(accountSid: string): KnownKey | undefined {
    const { maxKeysOfAccount, maxKeys, fairShare } = this.limits;
    const own = this.owners.get(accountSid)?.keys;
    if (own !== undefined && own.size >= maxKeysOfAccount) return own.oldest();
    if (this.table.size < maxKeys) return undefined;
    return own !== undefined && own.size > fairShare ? own.oldest() : this.line.oldest();
  }

  private keep({ accountSid, key, answer }: KeyAnswered): void {
    const known = this.table.edit(idOf(accountSid, key));
    if (known === undefined || known.made !== undefined || known.answer !== undefined) return;
    this.setAnswer(known, answer);
  }

  private release({ accountSid, key }: KeyReleased): void {
    const known = this.table.get(idOf(accountSid, key));
    if (known !== undefined && known.made === undefined && known.answer === undefined) this.forget(known);
  }

  /** Keeps an answer, and drops older ones of the account where there are too many. */
  private setAnswer(known: KnownKey, answer: string): void {
    const { maxAnswersOfAccount, maxAnswers } = this.limits;
    const owner = this.ownerOf(known);
    const isTooMuch = (): boolean =>
      owner.answerCharacters + answer.length > maxAnswersOfAccount ||
      this.answerCharacters + answer.length > maxAnswers;
    for (let oldest = owner.answers.oldest(); oldest !== undefined && isTooMuch(); oldest = owner.answers.oldest()) {
      this.table.edit(oldest.id);
      this.dropAnswer(oldest);
    }
    // What others keep is theirs.
    known.answer = isTooMuch() ? NOT_KEPT : answer;
    this.last += 1;
    known.answerN = this.last;
    if (isKept(known)) this.countAnswer(known, owner);
  }

  private countAnswer(known: KnownKey, owner: Owner): void {
    const characters = known.answer?.length ?? 0;
    owner.answers.push(known);
    owner.answerCharacters += characters;
    this.answerCharacters += characters;
  }

  /** The key must be editable: the table was told. */
  private dropAnswer(known: KnownKey): void {
    const characters = known.answer?.length ?? 0;
    known.answer = NOT_KEPT;
    this.uncountAnswer(known, characters);
  }

  private uncountAnswer(known: Readonly<KnownKey>, characters: number): void {
    const owner = this.ownerOf(known);
    owner.answers.left();
    owner.answerCharacters -= characters;
    this.answerCharacters -= characters;
  }

  private forget(known: Readonly<KnownKey>): void {
    const owner = this.ownerOf(known);
    this.table.delete(known.id);
    this.line.left();
    owner.keys.left();
    if (isKept(known)) this.uncountAnswer(known, known.answer?.length ?? 0);
    if (owner.keys.size === 0) this.owners.delete(accountOf(known));
  }

  private enter(known: KnownKey): void {
    this.line.push(known);
    this.ownerOf(known).keys.push(known);
  }

  private ownerOf(known: Readonly<KnownKey>): Owner {
    const accountSid = accountOf(known);
    let owner = this.owners.get(accountSid);
    if (owner === undefined) {
      owner = { keys: new KeyLine(this.isHere), answers: new KeyLine(this.hasAnswer), answerCharacters: 0 };
      this.owners.set(accountSid, owner);
    }
    return owner;
  }

  /** A checkpoint gives the keys back in any order; what is forgotten next must not depend on it. */
  private index(): void {
    this.owners.clear();
    this.line = new KeyLine<KnownKey>(this.isHere);
    this.answerCharacters = 0;
    const all = [...this.table.values()].toSorted((a, b) => a.n - b.n) as KnownKey[];
    for (const known of all) this.enter(known);
    const answered = all.filter(isKept).toSorted((a, b) => (a.answerN ?? 0) - (b.answerN ?? 0));
    for (const known of answered) this.countAnswer(known, this.ownerOf(known));
    this.last = Math.max(all.at(-1)?.n ?? 0, answered.at(-1)?.answerN ?? 0);
  }
}

function isKept({ answer }: Readonly<KnownKey>): boolean {
  return answer !== undefined && answer !== NOT_KEPT;
}

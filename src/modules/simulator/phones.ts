import type { PhoneMessage, PhoneMessageState } from "./phone-message.ts";

/** How much the phones hold. Beyond it the oldest goes. */
export interface PhoneLimits {
  readonly maxPhones: number;
  readonly maxMessagesPerPhone: number;
  /** Over all phones; the phone that was idle longest loses its oldest messages. */
  readonly maxMessages: number;
}

/** About half a gigabyte at most. */
export const DEFAULT_PHONE_LIMITS: PhoneLimits = {
  maxPhones: 100_000,
  maxMessagesPerPhone: 1_000,
  maxMessages: 500_000,
};

interface Phone {
  readonly number: string;
  readonly messages: Map<string, PhoneMessage>;
  /** Rises over all phones with each message, so that a page can go on where the last one ended. */
  touched: number;
  /** The neighbours in the order of the last message. */
  older: Phone | undefined;
  newer: Phone | undefined;
}

/** A phone in a list. */
export interface PhoneSummary {
  readonly number: string;
  readonly messageCount: number;
  readonly lastMessage: PhoneMessage | undefined;
}

/** A page of phones; `nextCursor` is missing on the last one. */
export interface PhonePage {
  readonly phones: readonly PhoneSummary[];
  readonly nextCursor?: string;
}

/** The virtual phones and their messages, in memory, bounded. A phone comes into being with its first message. */
export class Phones {
  private readonly limits: PhoneLimits;
  private readonly phones = new Map<string, Phone>();
  /** The ends of a list in the order of the last message. A Map would grow slow: it skips what was deleted before its first. */
  private idlest: Phone | undefined;
  private latest: Phone | undefined;
  private touches = 0;
  private total = 0;

  constructor(limits: PhoneLimits) {
    this.limits = limits;
  }

  /** How many messages there are on all phones. */
  get messageCount(): number {
    return this.total;
  }

  /** How many phones there are. */
  get phoneCount(): number {
    return this.phones.size;
  }

  /** Puts a message on a phone. False where it is there already. */
  add(number: string, message: PhoneMessage): boolean {
    let phone = this.phones.get(number);
    if (phone?.messages.has(message.id) === true) return false;
    if (phone === undefined) {
      phone = { number, messages: new Map(), touched: 0, older: undefined, newer: undefined };
      this.phones.set(number, phone);
    } else {
      this.unlink(phone);
    }
    phone.messages.set(message.id, message);
    this.total += 1;
    this.linkLatest(phone);
    if (phone.messages.size > this.limits.maxMessagesPerPhone) this.dropOldestOf(phone);
    this.shrink();
    return true;
  }

  /** Changes the state of a message and returns it, or `undefined` where it is gone. */
  setState(number: string, id: string, state: PhoneMessageState): PhoneMessage | undefined {
    const messages = this.phones.get(number)?.messages;
    const message = messages?.get(id);
    if (messages === undefined || message === undefined) return undefined;
    const changed = { ...message, state };
    messages.set(id, changed);
    return changed;
  }

  /** Takes a message off a phone. */
  remove(number: string, id: string): void {
    if (this.phones.get(number)?.messages.delete(id) === true) this.total -= 1;
  }

  /** Phones, the one with the latest message first. A cursor that makes no sense starts from the beginning. */
  list(page: { limit: number; cursor?: string }): PhonePage {
    const after =
      page.cursor !== undefined && /^\d{1,15}$/.test(page.cursor) ? Number(page.cursor) : Number.POSITIVE_INFINITY;
    const found: Phone[] = [];
    for (let phone = this.latest; phone !== undefined && found.length <= page.limit; phone = phone.older) {
      if (phone.touched < after) found.push(phone);
    }
    const shown = found.slice(0, page.limit);
    const last = shown.at(-1);
    const phones = shown.map(summaryOf);
    return found.length > shown.length && last !== undefined
      ? { phones, nextCursor: String(last.touched) }
      : { phones };
  }

  /** The newest messages of a phone, oldest first. */
  messages(number: string, limit: number): readonly PhoneMessage[] {
    const all = [...(this.phones.get(number)?.messages.values() ?? [])];
    return all.slice(Math.max(0, all.length - limit));
  }

  /** One message of a phone, if it is there. */
  message(number: string, id: string): PhoneMessage | undefined {
    return this.phones.get(number)?.messages.get(id);
  }

  /** Every message, for a snapshot; phones in the order of their last message. What changes while it runs may or may not show. */
  *all(): Generator<{ phone: string; message: PhoneMessage }> {
    const phones: Phone[] = [];
    for (let phone = this.idlest; phone !== undefined; phone = phone.newer) phones.push(phone);
    for (const phone of phones) {
      for (const message of phone.messages.values()) yield { phone: phone.number, message };
    }
  }

  private shrink(): void {
    while (this.phones.size > this.limits.maxPhones || this.total > this.limits.maxMessages) {
      const { idlest } = this;
      if (idlest === undefined) return;
      if (this.phones.size <= this.limits.maxPhones && idlest.messages.size > 1) {
        this.dropOldestOf(idlest);
      } else {
        this.unlink(idlest);
        this.phones.delete(idlest.number);
        this.total -= idlest.messages.size;
      }
    }
  }

  private unlink(phone: Phone): void {
    if (phone.older === undefined) this.idlest = phone.newer;
    else phone.older.newer = phone.newer;
    if (phone.newer === undefined) this.latest = phone.older;
    else phone.newer.older = phone.older;
  }

  private linkLatest(phone: Phone): void {
    this.touches += 1;
    phone.touched = this.touches;
    phone.older = this.latest;
    phone.newer = undefined;
    if (this.latest === undefined) this.idlest = phone;
    else this.latest.newer = phone;
    this.latest = phone;
  }

  private dropOldestOf(phone: Phone): void {
    const [oldest] = phone.messages.keys();
    if (oldest === undefined) return;
    phone.messages.delete(oldest);
    this.total -= 1;
  }
}

function summaryOf(phone: Phone): PhoneSummary {
  let lastMessage: PhoneMessage | undefined;
  for (const message of phone.messages.values()) lastMessage = message;
  return { number: phone.number, messageCount: phone.messages.size, lastMessage };
}

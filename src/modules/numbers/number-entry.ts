import type { Application } from "./application.ts";
import type { NumberConfiguration, WebhookMethod } from "./configuration.ts";
import type { AccountNumber, InboundTextRoute, SenderKind, TextSender } from "./directory.ts";
import type { TextNumber } from "./number.store.ts";
import { senderKindOf, type PhoneNumberKind } from "./phone-number.ts";

/**
 * A number that an account has, as memory holds it: a million of them must fit, so what
 * many have in common (what the number can do, where its texts go) is one object for all.
 */
export class NumberEntry implements AccountNumber {
  readonly number: string;
  readonly sid: string;
  readonly revision: number;
  readonly traits: NumberTraits;
  readonly setup: NumberSetup;

  constructor(number: Pick<TextNumber, "number" | "sid" | "revision">, traits: NumberTraits, setup: NumberSetup) {
    this.number = number.number;
    this.sid = number.sid;
    this.revision = number.revision;
    this.traits = traits;
    this.setup = setup;
  }

  get accountSid(): string {
    return this.setup.route.accountSid;
  }

  get kind(): PhoneNumberKind {
    return this.traits.kind;
  }

  get senderKind(): SenderKind {
    return this.traits.sender.kind;
  }

  get country(): string | undefined {
    return this.traits.sender.country;
  }

  get sms(): boolean {
    return this.traits.sms;
  }

  get mms(): boolean {
    return this.traits.sender.mms;
  }

  get voice(): boolean {
    return this.traits.voice;
  }
}

/** What a number can do and is sold as. */
export interface NumberTraits {
  readonly kind: PhoneNumberKind;
  readonly sms: boolean;
  readonly voice: boolean;
  readonly sender: TextSender;
}

/** Whose a number is, and where its texts go. */
export interface NumberSetup {
  readonly smsApplicationSid: string;
  readonly route: InboundTextRoute;
}

/** Beyond that what is common is forgotten, and found anew: it saves memory, no more. */
const MAX_SHARED = 10_000;

/** Makes entries that share what they have in common. */
export class EntryMaker {
  readonly #traits = new Map<string, NumberTraits>();
  readonly #setups = new Map<string, NumberSetup>();

  entryOf(number: TextNumber): NumberEntry {
    return new NumberEntry(number, this.#traitsOf(number), this.#setupOf(number));
  }

  #traitsOf({ kind, country, sms, mms, voice }: TextNumber): NumberTraits {
    const key = `${kind} ${country ?? ""} ${String(sms)} ${String(mms)} ${String(voice)}`;
    return shared(this.#traits, key, () => {
      const sender = { mms, kind: senderKindOf(kind), ...(country === null ? {} : { country }) };
      return { kind, sms, voice, sender };
    });
  }

  #setupOf({ accountSid, configuration: set }: TextNumber): NumberSetup {
    const { smsApplicationSid, smsUrl, smsMethod, smsFallbackUrl, smsFallbackMethod } = set;
    const key = `${accountSid} ${smsApplicationSid} ${smsMethod} ${smsFallbackMethod} ${smsUrl} ${smsFallbackUrl}`;
    return shared(this.#setups, key, () => ({ smsApplicationSid, route: routeOf(accountSid, set) }));
  }
}

function shared<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= MAX_SHARED) known.clear();
    value = make();
    known.set(key, value);
  }
  return value;
}

/** An application as memory holds it. */
export interface ApplicationEntry {
  readonly revision: number;
  readonly accountSid: string;
  readonly route: InboundTextRoute;
  readonly statusCallback: { readonly url?: string };
}

export function applicationEntry({ accountSid, revision, configuration }: Application): ApplicationEntry {
  const { messageStatusCallback, smsStatusCallback } = configuration;
  const url = messageStatusCallback === "" ? smsStatusCallback : messageStatusCallback;
  return {
    revision,
    accountSid,
    route: routeOf(accountSid, configuration),
    statusCallback: url === "" ? {} : { url },
  };
}

type Webhooks = Pick<NumberConfiguration, "smsUrl" | "smsFallbackUrl"> & {
  readonly smsMethod: WebhookMethod;
  readonly smsFallbackMethod: WebhookMethod;
};

function routeOf(accountSid: string, webhooks: Webhooks): InboundTextRoute {
  const { smsUrl, smsMethod, smsFallbackUrl, smsFallbackMethod } = webhooks;
  return {
    accountSid,
    method: smsMethod,
    ...(smsUrl === "" ? {} : { url: smsUrl }),
    ...(smsFallbackUrl === "" ? {} : { fallbackUrl: smsFallbackUrl, fallbackMethod: smsFallbackMethod }),
  };
}

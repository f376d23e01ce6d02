import { Buffer } from "node:buffer";
import type { RandomBytes } from "../../platform/ports.ts";
import type { TrafficClass } from "./messaging-door.ts";

/** What a customer's program binds with, and what its binds may do. Of the password only a digest is kept. */
export interface SmppCredential {
  readonly sid: string;
  readonly accountSid: string;
  /** At most 15 characters, one of its kind on the whole server. */
  readonly systemId: string;
  readonly friendlyName: string;
  readonly digest: string;
  /** Sessions at one time. */
  readonly maxBinds: number;
  /** Requests under way on one bind, in each direction. */
  readonly window: number;
  /** For all binds of the system id together. */
  readonly messagesPerSecond: number;
  /** Addresses that it may bind from; empty: all. */
  readonly allowedCidrs: readonly string[];
  /** Asked with the parameters of a status callback where no bind takes a receipt. */
  readonly receiptFallbackUrl: string | undefined;
  /** Whether texts to the account's numbers come on its binds. */
  readonly inbound: boolean;
  readonly trafficClass: TrafficClass;
  /** What data_coding 0 means, both ways. */
  readonly defaultAlphabet: "gsm7" | "latin1";
  /** How texts that do not fit into one deliver_sm are given. */
  readonly longTexts: "udh" | "payload";
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** What can be set. */
export type CredentialSettings = Omit<
  SmppCredential,
  "sid" | "accountSid" | "systemId" | "digest" | "createdMs" | "updatedMs"
>;

/** A credential whose password was just made: the only time it can be told. */
export interface NewSmppCredential extends SmppCredential {
  readonly password: string;
}

/** SMPP 3.4 §5.2.1 and §5.2.2, without the NUL. */
export const MAX_SYSTEM_ID_CHARACTERS = 15;
export const PASSWORD_CHARACTERS = 8;

/** What binds get whose credential says nothing else, those with an account SID or an API key included. */
export const DEFAULT_SETTINGS: CredentialSettings = {
  friendlyName: "",
  maxBinds: 10,
  window: 100,
  messagesPerSecond: 100,
  allowedCidrs: [],
  receiptFallbackUrl: undefined,
  inbound: false,
  trafficClass: "transactional",
  defaultAlphabet: "gsm7",
  longTexts: "udh",
};

/** 64 characters, so that each takes exactly six bits of chance: a password has 48. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Without what is easily misread. */
const ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const ID_PREFIX = "tl";
const ID_CHARACTERS = 11;

/** A password of eight characters, which is all that SMPP has room for. */
export function mintPassword(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(PASSWORD_CHARACTERS)).reduce((text, octet) => text + ALPHABET[octet & 63], "");
}

/** A system id that nobody has, but for a chance of one in 2^55. */
export function mintSystemId(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(ID_CHARACTERS)).reduce((text, octet) => text + ID_ALPHABET[octet & 31], ID_PREFIX);
}

/** True for 3 to 15 letters, digits, dots, dashes and underscores. */
export function isSystemId(text: string): boolean {
  return /^[A-Za-z0-9._-]{3,15}$/.test(text);
}

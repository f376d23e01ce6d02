import { Buffer } from "node:buffer";
import { looksLikeCode, type LinkCodes } from "../../platform/links/index.ts";

/** How a link stands. */
export type LinkStatus = "active" | "disabled";

/** A short link. Plain data: it stands in the log, in memory, in the index and in the database. */
export interface Link {
  /** `LK…`. */
  readonly sid: string;
  readonly accountSid: string;
  /** The domain it works on, and on no other. */
  readonly domain: string;
  /** The path without slash: ten letters and digits, or a custom slug. */
  readonly code: string;
  readonly url: string;
  readonly createdMs: number;
  /** 0: never. */
  readonly expiresAtMs: number;
  /** Counts changes. */
  readonly revision: number;
  readonly status: LinkStatus;
  /** Redirects with 301, which browsers may remember for a moment; else 302. */
  readonly isPermanent?: boolean;
  /** The account has moved to another cell; what is left here says so. */
  readonly isAway?: boolean;
  readonly title?: string;
  readonly tags?: readonly string[];
  /** A keyed digest of the password. */
  readonly password?: string;
  /** The message that it is in. */
  readonly messageSid?: string;
  readonly serviceSid?: string;
  readonly from?: string;
  readonly to?: string;
}

/** What finds a link: its code, or its domain and slug. Codes are the same on no two domains. */
export function addressOf({ domain, code }: Pick<Link, "domain" | "code">): string {
  return looksLikeCode(code) ? code : `${domain}/${code}`;
}

const CODE_KEY = 1;
const SLUG_KEY = 2;
const CELL_OCTETS = 2;
const SEQUENCE_OCTETS = 6;

/**
 * What an address is found by in the index. Codes by cell and number, so that new links
 * stand side by side at the end of the tree, which keeps it dense and its writes few.
 */
export function indexKey(codes: LinkCodes, address: string): Buffer {
  const place = codes.place(address);
  if (place === undefined) {
    const key = Buffer.allocUnsafe(1 + Buffer.byteLength(address));
    key[0] = SLUG_KEY;
    key.write(address, 1, "utf8");
    return key;
  }
  const key = Buffer.allocUnsafe(1 + CELL_OCTETS + SEQUENCE_OCTETS);
  key[0] = CODE_KEY;
  key.writeUInt16BE(place.cellNumber, 1);
  key.writeUIntBE(place.sequence, 1 + CELL_OCTETS, SEQUENCE_OCTETS);
  return key;
}

const DISABLED = 1;
const PERMANENT = 2;
const AWAY = 4;

/** What few links have. */
interface Seldom {
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly password?: string;
}

type Encoded = readonly [
  sid: string,
  accountSid: string,
  domain: string,
  code: string,
  url: string,
  createdMs: number,
  expiresAtMs: number,
  revision: number,
  flags: number,
  messageSid: string | 0,
  serviceSid: string | 0,
  from: string | 0,
  to: string | 0,
  seldom?: Seldom,
];

/** A link as short text, for the index and the database. */
export function encodeLink(link: Readonly<Link>): string {
  const { title, tags, password } = link;
  const flags =
    (link.status === "disabled" ? DISABLED : 0) |
    (link.isPermanent === true ? PERMANENT : 0) |
    (link.isAway === true ? AWAY : 0);
  const encoded: Encoded = [
    link.sid,
    link.accountSid,
    link.domain,
    link.code,
    link.url,
    link.createdMs,
    link.expiresAtMs,
    link.revision,
    flags,
    link.messageSid ?? 0,
    link.serviceSid ?? 0,
    link.from ?? 0,
    link.to ?? 0,
  ];
  const hasMore = title !== undefined || tags !== undefined || password !== undefined;
  return JSON.stringify(hasMore ? [...encoded, { title, tags, password }] : encoded);
}

/** The link that {@link encodeLink} wrote. Field by field, because it is read for every click. */
export function decodeLink(text: string): Link {
  const encoded = JSON.parse(text) as Encoded;
  const flags = encoded[8];
  const link: { -readonly [Name in keyof Link]: Link[Name] } = {
    sid: encoded[0],
    accountSid: encoded[1],
    domain: encoded[2],
    code: encoded[3],
    url: encoded[4],
    createdMs: encoded[5],
    expiresAtMs: encoded[6],
    revision: encoded[7],
    status: (flags & DISABLED) === 0 ? "active" : "disabled",
  };
  if ((flags & PERMANENT) !== 0) link.isPermanent = true;
  if ((flags & AWAY) !== 0) link.isAway = true;
  if (encoded[9] !== 0) link.messageSid = encoded[9];
  if (encoded[10] !== 0) link.serviceSid = encoded[10];
  if (encoded[11] !== 0) link.from = encoded[11];
  if (encoded[12] !== 0) link.to = encoded[12];
  const seldom = encoded[13];
  if (seldom?.title !== undefined) link.title = seldom.title;
  if (seldom?.tags !== undefined) link.tags = seldom.tags;
  if (seldom?.password !== undefined) link.password = seldom.password;
  return link;
}

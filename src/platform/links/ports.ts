/**
 * Where short links are found by what stands in their address, on the machine itself. A
 * copy of what the database has, for look-ups that cost microseconds and do not wait:
 * it may be thrown away and is filled again.
 */
export interface LinkIndex {
  /** What it is a copy of, as {@link begin} was told; `undefined` for one that is new. */
  readonly identity: string | undefined;
  /** The value of a key, at once; `undefined` where there is none. Keys are 1 to 400 octets. */
  get(key: Uint8Array): string | undefined;
  /** Sets values, and removes keys whose value is `undefined`. Durable, and seen by {@link get}, when it resolves. */
  write(changes: readonly LinkIndexChange[]): Promise<void>;
  /** Forgets everything, the identity too. */
  clear(): Promise<void>;
  /** Notes, durably, that it is complete as a copy of `identity`. */
  begin(identity: string): Promise<void>;
  /** Links in it. */
  readonly size: number;
  close(): Promise<void>;
}

/** One change of a {@link LinkIndex}. */
export type LinkIndexChange = readonly [key: Uint8Array, value: string | undefined];

/** From which country an address is, as far as the operator's file knows: ISO 3166-1 alpha-2, or `undefined`. */
export type CountryOfAddress = (address: string) => string | undefined;

/** Draws QR codes (ISO/IEC 18004) of a text. Rejects for a text that fits into none. */
export interface QrCodes {
  /** `sizePx` is the edge of the whole picture, quiet zone included. */
  png(text: string, sizePx: number): Promise<Uint8Array>;
  svg(text: string, sizePx: number): Promise<string>;
}

/** What the domain name system says beside addresses. */
export interface DnsTexts {
  /** The TXT records of a name, each joined to one text; none where there is no such name. Rejects where that cannot be told. */
  texts(name: string): Promise<string[]>;
}

/** Fetches a short text from a site over HTTP, without following it anywhere else. `undefined` where it is not there. */
export type FetchText = (url: string) => Promise<string | undefined>;

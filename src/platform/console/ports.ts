/** Codes that an authenticator app shows (RFC 6238): six digits, another one every 30 seconds. */
export interface OneTimeCodes {
  /** A new secret of 20 octets, in Base32. */
  newSecret(): string;
  /** What the app reads from a QR code (`otpauth://totp/…`). `label` is who it is for, `issuer` where it is used. */
  uri(input: { readonly secret: string; readonly label: string; readonly issuer: string }): string;
  /**
   * The time step that a code belongs to, if that is the present one or one beside it, because clocks
   * differ; else `undefined`. Whoever takes a code notes its step and takes no code of it or before it again.
   */
  stepOf(input: { readonly secret: string; readonly code: string; readonly nowMs: number }): number | undefined;
}

/** One file as it is served. */
export interface StaticFile {
  readonly content: Uint8Array;
  /** Changes with the content; without quotes. */
  readonly tag: string;
  /** The same content, compressed. Resolves to `undefined` where that makes it no shorter. */
  compressed(coding: "br" | "gzip"): Promise<Uint8Array | undefined>;
}

/** A folder of files that were made by a build. */
export interface StaticFiles {
  /**
   * The file of a path relative to the folder, such as `assets/index-1a2b.js`. Paths are looked up
   * among those that were found in the folder and lead nowhere else. Resolves to `undefined` where there is none.
   */
  find(path: string): Promise<StaticFile | undefined>;
}

/**
 * Why a document was refused: it is not well-formed, it has a document type, its XML
 * version is unknown, or it is too long, too deep or has too many parts.
 */
export type XmlReason = "malformed" | "doctype" | "version" | "too-long" | "too-deep" | "too-many-nodes";

/** A document that was refused, and where. */
export class XmlError extends Error {
  readonly reason: XmlReason;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;

  constructor(reason: XmlReason, message: string, place: { readonly line: number; readonly column: number }) {
    super(`line ${place.line}, column ${place.column}: ${message}`);
    this.name = "XmlError";
    this.reason = reason;
    this.line = place.line;
    this.column = place.column;
  }
}

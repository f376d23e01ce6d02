import { hkdfSync } from "node:crypto";
import { isSameSecret, keyedHash } from "../secrets/index.ts";

/** How far the clocks of two processes may be apart for a signature to be believed. */
const MAX_SKEW_MS = 900_000;
const SIGNATURE = /^t=(\d{1,15}),s=([0-9a-f]{64})$/;

/** The header field that carries {@link FleetKey.sign}. Edges drop it from every request of a client. */
export const FLEET_SIGNATURE_HEADER = "x-trunkline-fleet";

/** What a signature says: that a process of the system asks, or that it has authenticated the operator. One is never taken for the other. */
export type SignatureUse = "request" | "operator";

/** What one process of the system asks of another one. */
export interface SignedRequest {
  /** `request` unless told. */
  readonly use?: SignatureUse;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly body: string | Uint8Array;
}

/**
 * The secret that the processes of one system share, made of the master key. Each use
 * has a key of its own (RFC 5869), so that what one of them gives away opens no other.
 */
export class FleetKey {
  readonly #master: Uint8Array;
  readonly #requests: string;

  constructor(master: Uint8Array) {
    this.#master = master;
    this.#requests = Buffer.from(this.derive("requests", 32)).toString("hex");
  }

  /** A key for one use: the same in every process of the system. */
  derive(use: string, octets: number): Uint8Array {
    return new Uint8Array(hkdfSync("sha256", this.#master, new Uint8Array(0), `trunkline/${use}`, octets));
  }

  /** The value of {@link FLEET_SIGNATURE_HEADER} for a request between two processes. */
  sign(request: SignedRequest, nowMs: number): string {
    return `t=${nowMs},s=${this.#mac(request, String(nowMs))}`;
  }

  /** Whether a request comes from a process of this system, and was made within the last quarter of an hour. */
  isSigned(request: SignedRequest, signature: string | undefined, nowMs: number): boolean {
    const [, at = "", mac = ""] = SIGNATURE.exec(signature ?? "") ?? [];
    if (mac === "" || Math.abs(nowMs - Number(at)) > MAX_SKEW_MS) return false;
    return isSameSecret(mac, this.#mac(request, at));
  }

  #mac({ method, target, body, use = "request" }: SignedRequest, at: string): string {
    const bodyHash = keyedHash({ algorithm: "sha256", key: this.#requests, content: body, encoding: "hex" });
    const content = `${use}\n${at}\n${method}\n${target}\n${bodyHash}`;
    return keyedHash({ algorithm: "sha256", key: this.#requests, content, encoding: "hex" });
  }
}

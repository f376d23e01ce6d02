import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { assert } from "../../kernel/assert.ts";
import { headText, type SignedHead } from "./records.ts";

/** Length of the seed of a key, in octets. */
export const SEED_OCTETS = 32;

/** What goes before a seed to make a PKCS #8 key of it, and before a public key to make its SubjectPublicKeyInfo (RFC 8410 §7, §4). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Signs and checks the heads of audit logs with Ed25519 (RFC 8032). Each cell has a key of its own. */
export class HeadSigner {
  private readonly seedOf: (cell: string) => Uint8Array;
  private readonly keys = new Map<string, { readonly own: KeyObject; readonly shown: KeyObject }>();

  /** @param seedOf The {@link SEED_OCTETS} octets of which a cell's key is made, the same at every start. */
  constructor(seedOf: (cell: string) => Uint8Array) {
    this.seedOf = seedOf;
  }

  sign(head: Omit<SignedHead, "signature">): SignedHead {
    const signature = sign(null, Buffer.from(headText(head)), this.keyOf(head.cell).own).toString("base64");
    return { ...head, signature };
  }

  /** Whether a head was signed by the cell that it names. Any texts may be given. */
  isSigned(head: SignedHead): boolean {
    const signature = Buffer.from(head.signature, "base64");
    return signature.length === 64 && verify(null, Buffer.from(headText(head)), this.keyOf(head.cell).shown, signature);
  }

  /** The public key with which others check a cell's heads: 32 octets, base64. */
  publicKey(cell: string): string {
    const der = this.keyOf(cell).shown.export({ format: "der", type: "spki" });
    return der.subarray(SPKI_PREFIX.length).toString("base64");
  }

  private keyOf(cell: string): { readonly own: KeyObject; readonly shown: KeyObject } {
    let key = this.keys.get(cell);
    if (key === undefined) {
      const seed = this.seedOf(cell);
      assert(seed.length === SEED_OCTETS, "the seed of an Ed25519 key");
      const own = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
      key = { own, shown: createPublicKey(own) };
      this.keys.set(cell, key);
    }
    return key;
  }
}

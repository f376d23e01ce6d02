/** An item of `Events` of the monitor product. */
export interface AuditEvent {
  readonly sid: string;
  readonly account_sid: string;
  readonly actor_sid: string | null;
  readonly actor_type: string;
  readonly description: string | null;
  readonly event_data: {
    readonly resource_properties: Readonly<Record<string, { readonly previous?: unknown; readonly updated?: unknown }>>;
  };
  readonly event_date: string;
  readonly event_type: string;
  readonly resource_sid: string | null;
  readonly resource_type: string;
  readonly source: string;
  readonly source_ip_address: string | null;
}

/** `Audit/Events/{Sid}/Proof`. */
export interface AuditProof {
  readonly cell: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly date_ms: number;
  readonly signature: string;
  readonly entry: string;
  readonly leaf_hash: string;
  readonly proof: readonly string[];
}

/** What of a proof holds. */
export interface ProofFinding {
  /** The hash of the entry is the one that the proof begins with, and it is the entry of the event. */
  readonly isEntry: boolean;
  /** The path leads from it to the root. */
  readonly isInLog: boolean;
  /** The root was signed by the cell's key; `undefined` where the browser knows no Ed25519. */
  readonly isSigned: boolean | undefined;
}

/** A property that changed, as texts. */
export interface PropertyChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What an event changed, by name. */
export function changesOf(event: Pick<AuditEvent, "event_data">): readonly PropertyChange[] {
  return Object.entries(event.event_data.resource_properties)
    .map(([name, { previous, updated }]) => ({ name, before: textOf(previous), after: textOf(updated) }))
    .toSorted((left, right) => left.name.localeCompare(right.name, "en"));
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  return JSON.stringify(value, undefined, 2);
}

/** `phone-number.updated` as `phone number updated`. */
export function describeType(type: string): string {
  return type.replaceAll(/[-._]/g, " ");
}

/** The hash of an entry begins with 0, that of a node with 1 (RFC 9162 §2.1.1). */
const LEAF = 0;
const NODE = 1;

/**
 * Checks a proof in the browser, so that nobody has to believe the server: the entry's hash, the path to
 * the root (RFC 9162 §2.1.3.2) and the signature of the root (Ed25519).
 * @param publicKey 32 octets, base64.
 */
export async function checkProof(proof: AuditProof, eventSid: string, publicKey: string): Promise<ProofFinding> {
  const leaf = await hashOf(LEAF, new TextEncoder().encode(proof.entry));
  const isEntry = base64(leaf) === proof.leaf_hash && proof.entry.includes(eventSid);
  const root = await rootOf(leaf, proof);
  const isInLog = root !== undefined && base64(root) === proof.root;
  return { isEntry, isInLog, isSigned: await isSigned(proof, publicKey) };
}

async function rootOf(leaf: Uint8Array<ArrayBuffer>, proof: AuditProof): Promise<Uint8Array | undefined> {
  const { index, size } = proof;
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const text of proof.proof) {
    if (last === 0) return undefined;
    const sibling = octetsOf(text);
    if (node % 2 === 1 || node === last) {
      root = await hashOf(NODE, sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      root = await hashOf(NODE, root, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}

async function isSigned(proof: AuditProof, publicKey: string): Promise<boolean | undefined> {
  const text = `trunkline/${proof.cell}\n${proof.size}\n${proof.root}\n${proof.date_ms}\n`;
  try {
    const key = await crypto.subtle.importKey("raw", octetsOf(publicKey), "Ed25519", false, ["verify"]);
    const signature = octetsOf(proof.signature);
    return await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(text));
  } catch {
    return undefined;
  }
}

async function hashOf(first: number, ...parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const octets = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  octets[0] = first;
  let at = 1;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}

function octetsOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function base64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}

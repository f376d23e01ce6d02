import { Buffer } from "node:buffer";
import { decodePdu, HEADER_OCTETS, normaliseMessageId, readReceipt } from "../../../../protocols/smpp/index.ts";
import type { Clock } from "../../../../platform/ports.ts";
import type { PduTap } from "../../../../platform/smpp/index.ts";
import {
  MAX_TRACED_OCTETS,
  MAX_TRACED_PDUS,
  type PduTrace,
  type TracedField,
  type TracedPdu,
} from "../../pdu-trace.ts";
import { describePdu, nameOfPdu, type TextForm } from "./describe-pdu.ts";
import { TraceRing, type Entry, type EntryLabel } from "./trace-ring.ts";

/** Sessions and servers whose names are known; entries of forgotten ones are shown without a carrier. */
const MAX_SESSIONS = 10_000;

const RESPONSE = 0x80000000;
const SUBMIT_SM = 0x00000004;
const DELIVER_SM = 0x00000005;
const DATA_SM = 0x00000103;

/** How the carrier writes ids and texts. */
export interface TracedForm extends TextForm {
  readonly messageIds: "as-is" | "hex-to-decimal" | "decimal-to-hex";
}

/** Responses are brought into the base of receipts, as the carrier itself does. */
const RECEIPT_FORMS = { "as-is": "as-is", "hex-to-decimal": "decimal", "decimal-to-hex": "hex" } as const;

interface Peer {
  readonly carrier: string;
  readonly protocol: "smpp" | "http";
  readonly form: TracedForm;
  /** Texts that must not be shown. */
  readonly secrets: readonly string[];
}

/** Sees the PDUs of one session, and can say afterwards whose one was. */
export interface SessionTap extends PduTap {
  /** What is sent until it is called again belongs to this message; `undefined`: to none. */
  owner: EntryLabel | undefined;
  /** The `deliver_sm` of this sequence number, which came last, is a text with this SID. */
  delivered(sequence: number, label: EntryLabel): void;
}

/** Sees what is said to a server over HTTP and by it. */
export interface HttpTap {
  /** A request of ours, without the fields of its head that have credentials. Returns what its answer is noted under. */
  request(
    label: EntryLabel,
    request: { readonly method: string; readonly url: string; readonly body: string | undefined },
  ): void;
  response(label: EntryLabel, response: { readonly status: number; readonly body: Uint8Array }): void;
  /** A request of the carrier's, which tells of texts or receipts. */
  called(call: { readonly method: string; readonly target: string; readonly body: Uint8Array }): void;
}

/** The commands that are written down: those about messages, no binds, whose passwords nobody may read. */
function isTraced(octets: Uint8Array, start: number): boolean {
  const first = octets[start + 4] as number;
  const third = octets[start + 6] as number;
  const last = octets[start + 7] as number;
  if ((first !== 0 && first !== 0x80) || octets[start + 5] !== 0) return false;
  if (third === 1) return last === 3;
  return third === 0 && ((last >= 3 && last <= 5) || last === 7 || last === 8 || last === 0x21);
}

/**
 * What was said to the carriers and by them, in one ring for all of them. Octets are copied when
 * they come by; whose they are beyond a submit, and what they mean, is found when somebody asks:
 * responses by session and sequence number, receipts by the id that the response gave.
 */
export class CarrierTraces implements PduTrace {
  private readonly ring: TraceRing;
  private readonly clock: Clock;
  private readonly peers = new Map<number, Peer>();
  private lastSession = 0;

  constructor(options: { readonly entries: number; readonly clock: Clock }) {
    const { entries, clock } = options;
    this.clock = clock;
    this.ring = new TraceRing({ entries, maxOctets: MAX_TRACED_OCTETS, nowMs: clock.nowMs() });
  }

  get completeSinceMs(): number {
    return this.ring.completeSinceMs;
  }

  /** What sees one more session of a carrier. */
  session(carrier: string, form: TracedForm, secrets: readonly string[] = []): SessionTap {
    return new Tap(this.ring, this.clock, this.enter({ carrier, form, secrets, protocol: "smpp" }));
  }

  /** What sees the requests to a carrier's server and from it. */
  http(carrier: string, secrets: readonly string[]): HttpTap {
    const form: TracedForm = { defaultAlphabet: "gsm7", messageIds: "as-is" };
    const session = this.enter({ carrier, form, secrets: longest(secrets), protocol: "http" });
    const { ring, clock } = this;
    const put = (label: EntryLabel | undefined, isOut: boolean, octets: Buffer): void => {
      ring.add(octets, 0, octets.length, { session, isOut, nowMs: clock.nowMs(), label });
    };
    return {
      request: (label, { method, url, body }) => put(label, true, textOctets(`${method} ${url}\n\n${body ?? ""}`)),
      response: (label, { status, body }) =>
        put(label, false, Buffer.concat([textOctets(`HTTP ${status}\n\n`), head(body)])),
      called: ({ method, target, body }) =>
        put(undefined, false, Buffer.concat([textOctets(`${method} ${target}\n\n`), head(body)])),
    };
  }

  private enter(peer: Peer): number {
    this.lastSession = (this.lastSession + 1) >>> 0;
    this.peers.set(this.lastSession, peer);
    if (this.peers.size > MAX_SESSIONS) {
      for (const oldest of this.peers.keys()) {
        this.peers.delete(oldest);
        break;
      }
    }
    return this.lastSession;
  }

  of(sid: string): readonly TracedPdu[] {
    return this.entriesOf(sid)
      .slice(0, MAX_TRACED_PDUS)
      .map(({ entry, label }) => this.view(entry, label));
  }

  forget(sid: string): void {
    for (const { entry } of this.entriesOf(sid)) this.ring.blank(entry.number);
  }

  /** Everything of a message, in the order in which it came by. */
  private entriesOf(sid: string): { readonly entry: Entry; readonly label: EntryLabel }[] {
    const { ring } = this;
    const found = new Map<number, EntryLabel>();
    const requests = new Map<string, EntryLabel>();
    const ids = new Map<string, EntryLabel>();
    const end = ring.nextNumber;
    for (let number = ring.oldest; number < end; number += 1) {
      const label = ring.labelOf(number);
      const session = ring.sessionOf(number);
      if (label?.sid === sid) {
        found.set(number, label);
        this.noteRequest(number, session, label, requests);
        if (this.peers.get(session)?.protocol === "http" && !ring.isOut(number))
          this.noteHttpIds(number, session, label, ids);
        continue;
      }
      if (label !== undefined || requests.size + ids.size === 0) continue;
      const whose = this.follows(number, session, { requests, ids });
      if (whose !== undefined) found.set(number, whose);
    }
    return [...found].map(([number, label]) => ({ entry: ring.read(number), label }));
  }

  /** A request awaits its response: from the other side, with the same sequence number. */
  private noteRequest(number: number, session: number, label: EntryLabel, requests: Map<string, EntryLabel>): void {
    const id = this.ring.int4(number, 4);
    const sequence = this.ring.int4(number, 12);
    if (id === undefined || sequence === undefined || id >= RESPONSE) return;
    requests.set(answerKey(session, !this.ring.isOut(number), sequence, id), label);
  }

  /** Whose an entry without a label is: a response to one of the message's requests, or a receipt for one. */
  private follows(
    number: number,
    session: number,
    known: { readonly requests: Map<string, EntryLabel>; readonly ids: Map<string, EntryLabel> },
  ): EntryLabel | undefined {
    const peer = this.peers.get(session);
    if (peer === undefined) return undefined;
    if (peer.protocol === "http") return this.calledFor(number, peer, known.ids);
    const id = this.ring.int4(number, 4);
    const sequence = this.ring.int4(number, 12);
    if (id === undefined || sequence === undefined) return undefined;
    if (id >= RESPONSE) {
      const key = answerKey(session, this.ring.isOut(number), sequence, id - RESPONSE);
      const label = known.requests.get(key);
      if (label === undefined) return undefined;
      known.requests.delete(key);
      if (id - RESPONSE === SUBMIT_SM || id - RESPONSE === DATA_SM) this.noteId(number, peer, label, known.ids);
      return label;
    }
    if (this.ring.isOut(number) || (id !== DELIVER_SM && id !== DATA_SM) || known.ids.size === 0) return undefined;
    const label = known.ids.get(`${peer.carrier}|${receiptId(this.ring.read(number).octets, peer.form) ?? ""}`);
    if (label !== undefined) this.noteRequest(number, session, label, known.requests);
    return label;
  }

  private noteId(number: number, peer: Peer, label: EntryLabel, ids: Map<string, EntryLabel>): void {
    const { octets } = this.ring.read(number);
    const nul = octets.indexOf(0, HEADER_OCTETS);
    const id = octets.toString("latin1", HEADER_OCTETS, nul < 0 ? octets.length : nul);
    if (id !== "") ids.set(`${peer.carrier}|${normaliseMessageId(id, peer.form.messageIds)}`, label);
  }

  /** What could be an id in the answer of a server: its receipts will name it. */
  private noteHttpIds(number: number, session: number, label: EntryLabel, ids: Map<string, EntryLabel>): void {
    const carrier = this.peers.get(session)?.carrier ?? "";
    const text = this.ring.read(number).octets.toString("utf8");
    for (const [word] of text.matchAll(/[A-Za-z0-9_-]{8,64}/g))
      if (/\d/.test(word)) ids.set(`${carrier}|${word}`, label);
    ids.set(`${carrier}|${label.sid}`, label);
  }

  private calledFor(number: number, { carrier }: Peer, ids: ReadonlyMap<string, EntryLabel>): EntryLabel | undefined {
    if (this.ring.isOut(number) || ids.size === 0) return undefined;
    const text = this.ring.read(number).octets.toString("utf8");
    for (const [word] of text.matchAll(/[A-Za-z0-9_-]{8,64}/g)) {
      const label = ids.get(`${carrier}|${word}`);
      if (label !== undefined) return label;
    }
    return undefined;
  }

  private view({ atMs, session, isOut, octets, wholeOctets }: Entry, label: EntryLabel): TracedPdu {
    const peer = this.peers.get(session);
    const isHttp = peer?.protocol === "http";
    const shown = isHttp ? masked(octets, peer.secrets) : octets;
    const { name, fields } = isHttp ? describeHttp(shown) : smppOf(octets, peer?.form);
    return {
      atMs,
      direction: isOut ? "out" : "in",
      carrier: peer?.carrier ?? "",
      protocol: peer?.protocol ?? "smpp",
      ...(label.attempt === undefined ? {} : { attempt: label.attempt }),
      part: label.part,
      name,
      hex: shown.toString("hex"),
      octets: wholeOctets,
      fields,
    };
  }
}

class Tap implements SessionTap {
  owner: EntryLabel | undefined;
  private readonly ring: TraceRing;
  private readonly clock: Clock;
  private readonly number: number;
  /** Written to over and over, so that nothing is made for a PDU. */
  private readonly about: { session: number; isOut: boolean; nowMs: number; label: EntryLabel | undefined };

  constructor(ring: TraceRing, clock: Clock, session: number) {
    this.ring = ring;
    this.clock = clock;
    this.number = session;
    this.about = { session, isOut: true, nowMs: 0, label: undefined };
  }

  sent(octets: Buffer): void {
    if (octets.length < HEADER_OCTETS || !isTraced(octets, 0)) return;
    const { about } = this;
    about.isOut = true;
    about.nowMs = this.clock.nowMs();
    about.label = this.owner;
    this.ring.add(octets, 0, octets.length, about);
  }

  received(octets: Buffer, start: number, end: number): void {
    if (!isTraced(octets, start)) return;
    const { about } = this;
    about.isOut = false;
    about.nowMs = this.clock.nowMs();
    about.label = undefined;
    this.ring.add(octets, start, end, about);
  }

  delivered(sequence: number, label: EntryLabel): void {
    // It came in the chunk that is being worked through, so it is among the last.
    const { ring } = this;
    const { oldest } = ring;
    for (let number = ring.nextNumber - 1; number >= oldest; number -= 1) {
      if (ring.sessionOf(number) !== this.number || ring.isOut(number) || ring.int4(number, 12) !== sequence) continue;
      const id = ring.int4(number, 4);
      if (id !== DELIVER_SM && id !== DATA_SM) continue;
      ring.label(number, label);
      return;
    }
  }
}

function answerKey(session: number, isOut: boolean, sequence: number, command: number): string {
  return `${session}|${isOut ? "out" : "in"}|${sequence}|${command}`;
}

function receiptId(octets: Buffer, form: TracedForm): string | undefined {
  const decoded = decodePdu(octets, 0, octets.length);
  if (decoded.kind !== "pdu" || (decoded.pdu.command !== "deliver_sm" && decoded.pdu.command !== "data_sm"))
    return undefined;
  const receipt = readReceipt(decoded.pdu.body);
  return receipt === undefined ? undefined : normaliseMessageId(receipt.id, RECEIPT_FORMS[form.messageIds]);
}

function smppOf(
  octets: Buffer,
  form: TracedForm | undefined,
): { readonly name: string; readonly fields: readonly TracedField[] } {
  return { name: nameOfPdu(octets), fields: describePdu(octets, form ?? { defaultAlphabet: "gsm7" }) };
}

/** The first line, and what follows the empty one. */
function describeHttp(octets: Buffer): { readonly name: string; readonly fields: readonly TracedField[] } {
  const text = octets.toString("utf8");
  const end = text.indexOf("\n\n");
  const name = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? "" : text.slice(end + 2);
  const offset = Buffer.byteLength(name) + 2;
  const fields: TracedField[] = [{ name: "start_line", value: name, offset: 0, length: offset - 2 }];
  if (body !== "") fields.push({ name: "body", value: body, offset, length: octets.length - offset });
  return { name: name.split("?", 1)[0] ?? name, fields };
}

function textOctets(text: string): Buffer {
  return Buffer.from(text.length > MAX_TRACED_OCTETS ? text.slice(0, MAX_TRACED_OCTETS) : text, "utf8");
}

function head(body: Uint8Array): Uint8Array {
  return body.length > MAX_TRACED_OCTETS ? body.subarray(0, MAX_TRACED_OCTETS) : body;
}

/** As a secret may stand in a URL, a form or a document. */
function longest(secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([["", secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return [...new Set(forms)].filter((form) => form !== "").toSorted((a, b) => b.length - a.length);
}

function masked(octets: Buffer, secrets: readonly string[]): Buffer {
  if (secrets.length === 0) return octets;
  let text = octets.toString("utf8");
  for (const secret of secrets) text = text.replaceAll(secret, "***");
  return Buffer.from(text, "utf8");
}

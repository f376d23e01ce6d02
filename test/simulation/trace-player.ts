import type { Clock, Connection, Listener, Net, Timer } from "../../src/platform/ports.ts";
import {
  PduDecoder,
  decodePdu,
  encodePdu,
  isResponse,
  readReceipt,
  type AnyPdu,
  type PduInput,
} from "../../src/protocols/smpp/index.ts";
import type { Trace, TraceLine } from "./trace.ts";

const MAX_PDU_OCTETS = 64 * 1024;
const STEP_MS = 5;
/** So long the end of a connection waits for what the trace has before it. */
const PATIENCE_MS = 2_000;

/** The carrier's side of a trace, played to whoever binds: its PDUs, at its times, in answer to the same requests. */
export class TracePlayer {
  /** Submits that the trace does not have. */
  readonly surprises: string[] = [];
  /** The ids in the receipts that the system took. */
  readonly receiptsTaken = new Set<string>();
  /** How many submits each recipient has had so far. */
  readonly submitsTo = new Map<string, number>();
  private readonly trace: Trace;
  private readonly net: Net;
  readonly clock: Clock;
  private listener: Listener | undefined;
  private readonly played: PlayedConnection[] = [];

  constructor(trace: Trace, ports: { readonly net: Net; readonly clock: Clock }) {
    this.trace = trace;
    this.net = ports.net;
    this.clock = ports.clock;
  }

  /** Resolves to the port on 127.0.0.1. */
  async start(): Promise<number> {
    this.listener = await this.net.listen({ host: "127.0.0.1", port: 0 }, (connection) => {
      const number = this.played.length + 1;
      const lines = this.trace.lines.filter((line) => line.connection === number);
      this.played.push(new PlayedConnection(this, connection, lines));
    });
    return this.listener.port;
  }

  /** The ids in all receipts of the trace. */
  get receiptsGiven(): Set<string> {
    const ids = this.trace.lines.map(({ direction, pdu = "" }) =>
      direction === "in" ? receiptId(wholePdu(Buffer.from(pdu, "hex"))) : undefined,
    );
    return new Set(ids.filter((id) => id !== undefined));
  }

  /** Lines of the carrier that could not be played, because what they answer never came. */
  get unplayed(): string[] {
    const connections = new Set(this.trace.lines.map(({ connection }) => connection));
    const missing = [...connections].filter((number) => number > this.played.length);
    return [
      ...missing.map((number) => `connection ${number} was never opened`),
      ...this.played.flatMap((connection) => connection.unplayed),
    ];
  }

  async close(): Promise<void> {
    for (const connection of this.played) connection.close();
    await this.listener?.close();
  }
}

/** A request of the system in the trace, and under which number it came this time. */
interface Expected {
  readonly pdu: AnyPdu;
  liveSequence?: number;
}

interface Playable {
  readonly line: TraceLine;
  readonly octets: Buffer;
  /** The request that this answers. */
  readonly answers?: Expected;
  /** A receipt follows so many submits to this number. */
  readonly follows?: { readonly to: string; readonly submits: number };
}

class PlayedConnection {
  private readonly player: TracePlayer;
  private readonly connection: Connection;
  private readonly decoder = new PduDecoder({ maxPduOctets: MAX_PDU_OCTETS });
  private readonly expected: Expected[] = [];
  /** The ids of receipts by the number under which they went out. */
  private readonly given = new Map<number, string>();
  private toPlay: Playable[] = [];
  private readonly openedMs: number;
  private readonly recordedOpenMs: number;
  private timer: Timer | undefined;

  constructor(player: TracePlayer, connection: Connection, lines: readonly TraceLine[]) {
    this.player = player;
    this.connection = connection;
    this.openedMs = player.clock.monotonicMs();
    this.recordedOpenMs = lines[0]?.atMs ?? 0;
    this.prepare(lines);
    connection.on("data", (chunk: Buffer) => this.read(chunk));
    connection.on("error", () => {});
    connection.on("close", () => this.timer?.cancel());
    this.step();
  }

  get unplayed(): string[] {
    return this.toPlay.map(({ line }) => JSON.stringify(line));
  }

  close(): void {
    this.timer?.cancel();
    this.connection.destroy();
  }

  private prepare(lines: readonly TraceLine[]): void {
    const submits = new Map<string, number>();
    for (const line of lines) {
      if (line.direction === "open") continue;
      const octets = Buffer.from(line.pdu ?? "", "hex");
      const pdu = wholePdu(octets);
      if (line.direction === "out") {
        if (pdu === undefined || isResponse(pdu.command)) continue;
        this.expected.push({ pdu });
        if (pdu.command === "submit_sm")
          submits.set(pdu.body.destination_addr, (submits.get(pdu.body.destination_addr) ?? 0) + 1);
        continue;
      }
      const answers = this.answeredBy(octets);
      const to = pdu?.command === "deliver_sm" ? pdu.body.source_addr : undefined;
      this.toPlay.push({
        line,
        octets,
        ...(answers === undefined ? {} : { answers }),
        ...(to === undefined ? {} : { follows: { to, submits: submits.get(to) ?? 0 } }),
      });
    }
  }

  /** The request in the trace that these octets, perhaps only half of a response, answer. */
  private answeredBy(octets: Buffer): Expected | undefined {
    const isAnswer = octets.length >= 16 && octets.readUInt32BE(4) >= 0x80000000;
    return isAnswer ? this.expected.find(({ pdu }) => pdu.sequence === octets.readUInt32BE(12)) : undefined;
  }

  private read(chunk: Buffer): void {
    for (const found of this.decoder.push(chunk)) if (found.kind === "pdu") this.take(found.pdu);
  }

  private take(pdu: AnyPdu): void {
    if (isResponse(pdu.command)) {
      const id = this.given.get(pdu.sequence);
      if (id !== undefined && pdu.command === "deliver_sm_resp" && pdu.status === 0) this.player.receiptsTaken.add(id);
      return;
    }
    const match = this.expected.find((one) => one.liveSequence === undefined && isSame(one.pdu, pdu));
    if (match !== undefined) match.liveSequence = pdu.sequence;
    if (pdu.command === "submit_sm") return this.submitted(pdu.body.destination_addr, match !== undefined);
    // Links are kept up, and ended, as they come; the rest is the trace's.
    const isPlayed = match !== undefined && this.toPlay.some(({ answers }) => answers === match);
    if (!isPlayed && (pdu.command === "enquire_link" || pdu.command === "unbind" || pdu.command === "bind_transceiver"))
      this.answer({ command: `${pdu.command}_resp`, sequence: pdu.sequence });
  }

  private answer(pdu: PduInput): void {
    // Not within the write that brought the request.
    queueMicrotask(() => {
      if (!this.connection.destroyed) this.connection.write(encodePdu(pdu));
    });
  }

  private submitted(to: string, isKnown: boolean): void {
    this.player.submitsTo.set(to, (this.player.submitsTo.get(to) ?? 0) + 1);
    if (!isKnown) this.player.surprises.push(`a submit to ${to}`);
  }

  private step(): void {
    for (const one of this.toPlay) {
      if (this.connection.destroyed || !this.isDue(one)) continue;
      this.toPlay = this.toPlay.filter((other) => other !== one);
      this.play(one);
    }
    if (!this.connection.destroyed) this.timer = this.player.clock.after(STEP_MS, () => this.step());
  }

  private isDue(one: Playable): boolean {
    const { line, octets, answers, follows } = one;
    const lateMs = this.player.clock.monotonicMs() - this.openedMs - (line.atMs - this.recordedOpenMs);
    if (lateMs < 0) return false;
    // What comes next is the end of the connection, so it comes after all else.
    if (line.direction === "cut" || (answers === undefined && wholePdu(octets) === undefined))
      return lateMs >= PATIENCE_MS || (this.toPlay[0] === one && this.expected.every(hasCome));
    if (answers !== undefined) return hasCome(answers);
    // Nobody may speak before the bind is answered.
    if (this.toPlay.some((other) => other.answers?.pdu.command.startsWith("bind_") === true)) return false;
    return follows === undefined || (this.player.submitsTo.get(follows.to) ?? 0) >= follows.submits;
  }

  private play({ line, octets, answers }: Playable): void {
    if (line.direction === "cut") return void this.connection.destroy();
    const pdu = wholePdu(octets);
    const id = receiptId(pdu);
    if (pdu !== undefined && id !== undefined) this.given.set(pdu.sequence, id);
    if (answers?.liveSequence !== undefined) octets.writeUInt32BE(answers.liveSequence, 12);
    this.connection.write(octets);
  }
}

function hasCome({ pdu, liveSequence }: Expected): boolean {
  return liveSequence !== undefined || pdu.command === "enquire_link" || pdu.command === "unbind";
}

function wholePdu(octets: Buffer): AnyPdu | undefined {
  if (octets.length < 16 || octets.readUInt32BE(0) !== octets.length) return undefined;
  const decoded = decodePdu(octets, 0, octets.length);
  return decoded.kind === "pdu" ? decoded.pdu : undefined;
}

function receiptId(pdu: AnyPdu | undefined): string | undefined {
  return pdu?.command === "deliver_sm" ? readReceipt(pdu.body)?.id : undefined;
}

function isSame(recorded: AnyPdu, live: AnyPdu): boolean {
  if (recorded.command !== live.command) return false;
  if (recorded.command !== "submit_sm" || live.command !== "submit_sm") return true;
  return recorded.body.destination_addr === live.body.destination_addr;
}

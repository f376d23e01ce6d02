import { isAscii } from "node:buffer";
import { connect, type Socket } from "node:net";
import { Http1Error, ResponseReader } from "../../../protocols/http1/index.ts";
import type { CellAddress } from "../../fleet/index.ts";
import type { EndOfTurn, Flushable } from "./end-of-turn.ts";
import type { Exchange, UpstreamAnswer } from "./exchange.ts";
import { UpstreamFailure, type FailureKind } from "./failure.ts";
import { RelayedBody } from "./relayed-body.ts";
import { SentBody } from "./sent-body.ts";

/** What a connection tells those that it belongs to. */
export interface UpstreamHost {
  readonly answerTimeoutMs: number;
  readonly endOfTurn: EndOfTurn;
  nowMs(): number;
  /** It can carry a request, for the first time or again. */
  onFree(connection: UpstreamConnection): void;
  /** It is gone; with what went wrong where it never stood. Called once. */
  onGone(connection: UpstreamConnection, failure: FailureKind | undefined): void;
  /** How an exchange ended: with an answer's head, or not. */
  onOutcome(failure: FailureKind | undefined): void;
}

/** Everything that is read goes through a buffer of this size, one for each connection. */
const READ_OCTETS = 32_768;
/** A body up to this is written in one piece with its head. */
const MAX_JOINED_OCTETS = 16_384;

/** A connection to a cell. Carries one request at a time, many one after the other. */
export class UpstreamConnection implements Flushable {
  /** When it is late with what it does, or was idle for too long. On the monotonic clock. */
  deadlineMs: number;
  private readonly socket: Socket;
  private readonly host: UpstreamHost;
  private readonly reader = new ResponseReader();
  private exchange: Exchange | undefined = undefined;
  /** The body that is being passed on; its exchange is answered already. */
  private relayed: RelayedBody | undefined = undefined;
  private sent: SentBody | undefined = undefined;
  private isConnected = false;
  private isGone = false;
  /** A request that leaves at the end of this turn, as Latin-1 text. */
  private unwritten: string | undefined = undefined;
  /** Whether all of the request left in one write, so that a failed write means that none did. */
  private isOneWrite = true;

  constructor(address: CellAddress, connectDeadlineMs: number, host: UpstreamHost) {
    this.host = host;
    this.deadlineMs = connectDeadlineMs;
    const { host: name, port } = address;
    const onread = { buffer: Buffer.allocUnsafeSlow(READ_OCTETS), callback: this.read.bind(this) };
    this.socket = connect({ host: name, port, noDelay: true, onread });
    this.socket.on("connect", () => {
      this.isConnected = true;
      this.host.onFree(this);
    });
    this.socket.on("drain", () => {
      if (this.sent === undefined) return;
      this.deadlineMs = Number.POSITIVE_INFINITY;
      this.sent.goOn();
    });
    this.socket.on("end", () => this.ended());
    this.socket.on("error", (error) => this.close("lost", error));
    this.socket.on("close", () => this.close("lost", undefined));
  }

  /** Whether a request can be handed over. The cell may have closed without our knowing yet. */
  get isUsable(): boolean {
    return !this.isGone && this.socket.writable && this.socket.readable && this.exchange === undefined;
  }

  /** Writes a request, and reads the answer to it. */
  carry(exchange: Exchange): void {
    const { request } = exchange;
    const { head, body, stream } = request;
    this.exchange = exchange;
    this.deadlineMs = exchange.deadlineMs;
    this.reader.start(request.method);
    this.isOneWrite = true;
    if (stream !== undefined) this.send(head, stream, request.streamOctets);
    else if (body === undefined || body.length === 0) this.writeSoon(head);
    else if (body.length <= MAX_JOINED_OCTETS) this.writeSoon(head + body.toString("latin1"));
    else this.writeBoth(head, body);
  }

  /** Writes what waits for the end of the turn. Called by {@link EndOfTurn}. */
  flush(): void {
    const { unwritten } = this;
    this.unwritten = undefined;
    if (unwritten !== undefined && !this.isGone) this.socket.write(unwritten, "latin1");
  }

  /** Ends what is late: called when {@link deadlineMs} has passed. */
  expire(): void {
    this.close("silent", undefined);
  }

  /** Closes at once. What is under way fails. */
  close(kind: FailureKind, error: NodeJS.ErrnoException | undefined): void {
    if (this.isGone) return;
    this.isGone = true;
    this.socket.destroy();
    const { exchange, relayed, sent } = this;
    this.exchange = undefined;
    this.relayed = undefined;
    this.sent = undefined;
    sent?.stop();
    const detail = error === undefined ? undefined : (error.code ?? error.message);
    const failure = (of: FailureKind): UpstreamFailure => {
      const isUnwritten = this.unwritten !== undefined || (this.isOneWrite && error?.syscall === "write");
      return new UpstreamFailure(of, !isUnwritten, { ...(detail === undefined ? {} : { detail }), cause: error });
    };
    relayed?.destroy(failure(kind));
    if (exchange !== undefined) {
      this.host.onOutcome(kind);
      exchange.failed(failure(kind));
    }
    const neverStood = kind === "silent" ? kind : "refused";
    this.host.onGone(this, this.isConnected ? undefined : neverStood);
  }

  private writeSoon(text: string): void {
    this.unwritten = text;
    this.host.endOfTurn.add(this);
  }

  private writeBoth(head: string, body: Buffer): void {
    this.isOneWrite = false;
    this.socket.cork();
    this.socket.write(head, "latin1");
    this.socket.write(body);
    this.socket.uncork();
  }

  private send(head: string, stream: NonNullable<Exchange["request"]["stream"]>, octets: number | undefined): void {
    this.isOneWrite = false;
    // It broke off while this request waited for a connection.
    if (stream.destroyed) return this.close("body", stream.errored ?? new Error("the body broke off"));
    this.socket.write(head, "latin1");
    // While it is the client that we wait for, the cell is not late.
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.sent = new SentBody(stream, octets, {
      write: (piece) => {
        const goesOn = this.socket.write(piece, "latin1");
        this.deadlineMs = goesOn ? Number.POSITIVE_INFINITY : this.lateMs();
        return goesOn;
      },
      done: (error) => {
        this.sent = undefined;
        this.deadlineMs = this.lateMs();
        if (error !== undefined) this.close("body", error);
        // An answer that came before the end of the request.
        else if (this.exchange === undefined && this.relayed === undefined) this.settle();
      },
    });
  }

  /** Takes what came. False: no more for now. The buffer is used again afterwards. */
  private read(octets: number, buffer: Uint8Array): boolean {
    const chunk = buffer as Buffer;
    if (this.isGone) return false;
    // Octets that answer nothing: whatever follows could be taken for the answer to the next request.
    if (this.exchange === undefined && this.relayed === undefined) {
      this.close("broken", undefined);
      return false;
    }
    try {
      this.take(octets === chunk.length ? chunk : chunk.subarray(0, octets));
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      this.close("broken", error);
    }
    return !this.isGone && this.relayed?.isFull !== true;
  }

  private take(chunk: Buffer): void {
    const { reader, relayed } = this;
    let offset = 0;
    if (reader.phase === "head") {
      offset = reader.push(chunk, 0);
      // Half a head, or an interim response.
      if (reader.phase === "head") return;
      this.host.onOutcome(undefined);
      const body = reader.phase === "done" ? undefined : this.wholeBody(chunk, offset);
      if (body !== undefined) offset += reader.contentLength ?? 0;
      else if (reader.phase === "body") return this.relay(chunk, offset);
      this.finish(body, chunk.length > offset);
      return;
    }
    this.deadlineMs = this.lateMs();
    offset = reader.push(chunk, offset);
    if (reader.phase === "done") this.endRelay(chunk.length > offset);
    else if (relayed?.isFull === true) this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** The body where all of it came with the head: text costs one write fewer on its way out. */
  private wholeBody(chunk: Buffer, offset: number): string | Buffer | undefined {
    const { contentLength } = this.reader;
    if (contentLength === undefined || contentLength > chunk.length - offset) return undefined;
    const view = chunk.subarray(offset, offset + contentLength);
    return isAscii(view) ? view.toString("latin1") : Buffer.from(view);
  }

  private finish(body: string | Buffer | undefined, hasMore: boolean): void {
    const { exchange } = this;
    this.exchange = undefined;
    const answer = this.answer(body);
    if (hasMore) this.reader.keepAlive = false;
    exchange?.answered(answer);
    this.settle();
  }

  private relay(chunk: Buffer, offset: number): void {
    const { reader, exchange } = this;
    const relayed = new RelayedBody(
      () => {
        this.deadlineMs = this.lateMs();
        this.socket.resume();
      },
      () => this.close("lost", undefined),
    );
    this.exchange = undefined;
    this.relayed = relayed;
    this.deadlineMs = this.lateMs();
    reader.onPiece = (piece) => relayed.deliver(piece);
    const answer = this.answer(relayed);
    let end = offset;
    try {
      if (offset < chunk.length) end = reader.push(chunk, offset);
    } finally {
      // Also where the body is broken already: the client sees an answer that breaks off.
      exchange?.answered(answer);
    }
    if (reader.phase === "done") this.endRelay(chunk.length > end);
    else if (relayed.isFull) this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  private endRelay(hasMore: boolean): void {
    const { relayed } = this;
    this.relayed = undefined;
    if (hasMore) this.reader.keepAlive = false;
    relayed?.finish();
    this.settle();
  }

  private answer(body: UpstreamAnswer["body"]): UpstreamAnswer {
    const { status, fields, announcedLength } = this.reader;
    return { status, fields, body, announcedLength };
  }

  /** The answer is whole: the connection goes on, or ends. */
  private settle(): void {
    if (this.isGone) return;
    // A cell that answers before it has read the request does not mean to read the rest of it.
    if (this.reader.keepAlive && this.sent === undefined && this.socket.writableLength === 0) this.host.onFree(this);
    else this.close("lost", undefined);
  }

  private lateMs(): number {
    return this.host.nowMs() + this.host.answerTimeoutMs;
  }

  /** The cell closed its side. */
  private ended(): void {
    if (this.relayed === undefined) return this.close("lost", undefined);
    try {
      this.reader.end();
    } catch (error) {
      return this.close("lost", error instanceof Error ? error : undefined);
    }
    this.endRelay(false);
  }
}

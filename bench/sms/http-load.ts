import net, { type Socket } from "node:net";
import type { LoadListener, Pace } from "./door.ts";
import { monotonicMs } from "./monotonic.ts";

/** What a load is made of. */
export interface HttpLoadOptions {
  readonly port: number;
  readonly base: number;
  readonly count: number;
  readonly pace: Pace;
  readonly request: (number: number) => string;
  readonly listener: LoadListener;
}

const OPEN_TICK_MS = 1;

/** Sends the messages and resolves when each has its answer. */
export async function runHttpLoad(options: HttpLoadOptions): Promise<void> {
  const { pace, count } = options;
  const load = new HttpLoad(options);
  await load.connect(pace.connections);
  return new Promise((resolve) => {
    load.onDone = resolve;
    if (pace.kind === "closed") load.startClosed();
    else load.startOpen(pace.perSecond);
    if (count === 0) resolve();
  });
}

class HttpLoad {
  onDone: () => void = () => {};
  private readonly options: HttpLoadOptions;
  private readonly lines: HttpLine[] = [];
  private readonly free: HttpLine[] = [];
  /** Due with an open loop, but no connection was free. */
  private readonly overdue: number[] = [];
  private overdueHead = 0;
  private next = 0;
  private answered = 0;
  private isClosedLoop = true;

  constructor(options: HttpLoadOptions) {
    this.options = options;
  }

  async connect(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      this.lines.push(new HttpLine(this.options.port, (line, number, status) => this.answer(line, number, status)));
    }
    await Promise.all(this.lines.map((line) => line.connect()));
  }

  startClosed(): void {
    for (const line of this.lines) this.sendNext(line);
  }

  startOpen(perSecond: number): void {
    this.isClosedLoop = false;
    this.free.push(...this.lines);
    const { base, count, listener } = this.options;
    const startMs = monotonicMs();
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((monotonicMs() - startMs) * perSecond) / 1_000));
      for (; this.next < due; this.next += 1) {
        // The time it was due counts, so that a system that stalls cannot hide it by slowing the sender.
        listener.onSent(base + this.next, startMs + (this.next * 1_000) / perSecond);
        const line = this.free.pop();
        if (line === undefined) this.overdue.push(base + this.next);
        else line.send(base + this.next, this.options.request(base + this.next));
      }
      if (this.next === count) clearInterval(timer);
    }, OPEN_TICK_MS);
  }

  private sendNext(line: HttpLine): void {
    const { base, count, listener, request } = this.options;
    if (this.next >= count) return;
    const number = base + this.next;
    this.next += 1;
    const text = request(number);
    listener.onSent(number, monotonicMs());
    line.send(number, text);
  }

  private answer(line: HttpLine, number: number, status: number): void {
    this.options.listener.onAnswer(number, status >= 200 && status < 300, status);
    this.answered += 1;
    if (this.answered === this.options.count) {
      for (const each of this.lines) each.close();
      return this.onDone();
    }
    if (this.isClosedLoop) return this.sendNext(line);
    const overdue = this.overdue[this.overdueHead];
    if (overdue === undefined) return void this.free.push(line);
    this.overdueHead += 1;
    line.send(overdue, this.options.request(overdue));
  }
}

/** One connection with one request at a time, opened anew where the server closes it. */
class HttpLine {
  private readonly port: number;
  private readonly onAnswer: (line: HttpLine, number: number, status: number) => void;
  private socket: Socket | undefined;
  private pending = "";
  private outstanding: number | undefined;
  private closed = false;

  constructor(port: number, onAnswer: (line: HttpLine, number: number, status: number) => void) {
    this.port = port;
    this.onAnswer = onAnswer;
  }

  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: "127.0.0.1", port: this.port, noDelay: true }, resolve);
      this.socket = socket;
      this.pending = "";
      socket.on("data", (chunk) => this.read(chunk.toString("latin1")));
      socket.on("error", reject);
      socket.on("close", () => {
        if (this.socket === socket) this.socket = undefined;
        if (!this.closed && this.outstanding !== undefined) this.settle(0);
      });
    });
  }

  send(number: number, request: string): void {
    this.outstanding = number;
    if (this.socket !== undefined) this.socket.write(request, "latin1");
    else
      this.connect().then(
        () => this.socket?.write(request, "latin1"),
        () => this.settle(0),
      );
  }

  private read(text: string): void {
    this.pending += text;
    const headEnd = this.pending.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.pending.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
    if (this.pending.length < headEnd + 4 + Number(length)) return;
    this.pending = this.pending.slice(headEnd + 4 + Number(length));
    this.settle(Number(head.slice(9, 12)));
  }

  private settle(status: number): void {
    const number = this.outstanding;
    this.outstanding = undefined;
    if (number !== undefined) this.onAnswer(this, number, status);
  }

  close(): void {
    this.closed = true;
    this.socket?.destroy();
  }
}

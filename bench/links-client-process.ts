/**
 * Visitors, in a process of their own. Arguments: port, seconds, requests a second (0: as many
 * as 64 connections get answered), file of codes, host. Writes what it saw as JSON. At a fixed
 * rate a request counts from when it was due, not from when a connection was free for it.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

const CONNECTIONS = 64;
const AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const TICK_MS = 1;

const [port = "", seconds = "3", rate = "0", file = "", host = ""] = process.argv.slice(2);
const codes = readFileSync(file, "utf8").split("\n");
const perSecond = Number(rate);
const started = performance.now();
const untilMs = started + Number(seconds) * 1_000;
const latencies: number[] = [];
let failures = 0;
let next = 0;
let open = CONNECTIONS;
/** When requests were due that no connection was free for. */
const waiting: number[] = [];
const idle: Visitor[] = [];

function requestText(): string {
  const code = codes[next % codes.length] ?? "";
  next += 1;
  return `GET /${code} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${AGENT}\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n`;
}

class Visitor {
  private readonly socket: Socket;
  private text = "";
  private dueMs = 0;

  constructor() {
    this.socket = connect(Number(port), "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("connect", () => this.free());
    this.socket.on("data", (chunk: Buffer) => this.read(chunk.toString("latin1")));
    this.socket.on("error", () => (failures += 1));
    this.socket.on("close", () => {
      open -= 1;
      if (open === 0) finish();
    });
  }

  send(dueMs: number): void {
    this.dueMs = dueMs;
    this.socket.write(requestText());
  }

  private read(text: string): void {
    this.text += text;
    const head = this.text.indexOf("\r\n\r\n");
    if (head < 0) return;
    latencies.push(performance.now() - this.dueMs);
    if (!this.text.startsWith("HTTP/1.1 302")) failures += 1;
    this.text = "";
    this.free();
  }

  private free(): void {
    const nowMs = performance.now();
    if (nowMs >= untilMs) return void this.socket.destroy();
    if (perSecond === 0) return this.send(nowMs);
    const due = waiting.shift();
    if (due === undefined) idle.push(this);
    else this.send(due);
  }

  end(): void {
    this.socket.destroy();
  }
}

for (let i = 0; i < CONNECTIONS; i += 1) new Visitor();
if (perSecond > 0) {
  let due = started + 100;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs >= untilMs) {
      clearInterval(timer);
      for (const visitor of idle) visitor.end();
      return;
    }
    for (; due <= nowMs; due += (-Math.log(1 - Math.random()) * 1_000) / perSecond) {
      const visitor = idle.pop();
      if (visitor === undefined) waiting.push(due);
      else visitor.send(due);
    }
  }, TICK_MS);
}

function finish(): void {
  // The first tenth warms up.
  const counted = latencies.slice(Math.floor(latencies.length / 10)).toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((counted[Math.floor(counted.length * share)] ?? 0) * 1_000) / 1_000;
  console.log(
    JSON.stringify({
      answers: latencies.length,
      failures,
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      max: at(0.999_999),
    }),
  );
}

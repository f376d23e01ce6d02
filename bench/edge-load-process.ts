/**
 * Load on one port over 64 connections; writes what it saw as JSON. Arguments: port, account,
 * token, seconds, requests a second (0: as fast as answers come). With a rate, requests are
 * due at fixed times, and latency counts from when one was due: a slow answer delays no clock.
 */
import { connect, type Socket } from "node:net";

const CONNECTIONS = 64;
const FORM =
  "To=%2B447700900123&From=%2B15005550100&Body=Your+table+is+ready%2C+please+come+in&StatusCallback=https%3A%2F%2Fexample.org%2Fstatus";

const [port = "", account = "", token = "", seconds = "3", rate = "0"] = process.argv.slice(2);
const request = [
  `POST /2010-04-01/Accounts/${account}/Messages.json HTTP/1.1`,
  "Host: api.twilio.com",
  "User-Agent: twilio-node/5.0.0 (linux x64) node/20",
  "Accept: application/json",
  "Accept-Encoding: gzip",
  `Authorization: Basic ${Buffer.from(`${account}:${token}`).toString("base64")}`,
  "Content-Type: application/x-www-form-urlencoded",
  `Content-Length: ${FORM.length}`,
  "",
  FORM,
].join("\r\n");

interface Talk {
  readonly socket: Socket;
  dueMs: number;
  left: number;
}

const perSecond = Number(rate);
const startMs = performance.now();
const untilMs = startMs + Number(seconds) * 1_000;
const seen = { answers: 0, failures: 0 };
const latencies: number[] = [];
const free: Talk[] = [];
const due: number[] = [];
let next = 0;

function ask(talk: Talk, dueMs: number): void {
  talk.dueMs = dueMs;
  talk.left = -1;
  talk.socket.write(request, "latin1");
}

function take(talk: Talk, chunk: Buffer): void {
  if (talk.left < 0) {
    const text = chunk.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) throw new Error("half a head");
    if (!text.startsWith("HTTP/1.1 20")) seen.failures += 1;
    talk.left = end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  }
  talk.left -= chunk.length;
  if (talk.left > 0) return;
  const nowMs = performance.now();
  seen.answers += 1;
  latencies.push(nowMs - talk.dueMs);
  if (nowMs >= untilMs) return talk.socket.destroy() && undefined;
  if (perSecond === 0) return ask(talk, nowMs);
  const waiting = due.shift();
  if (waiting === undefined) free.push(talk);
  else ask(talk, waiting);
}

function tick(): void {
  const nowMs = performance.now();
  if (nowMs >= untilMs) return report();
  for (; startMs + (next * 1_000) / perSecond <= nowMs; next += 1) {
    const dueMs = startMs + (next * 1_000) / perSecond;
    const talk = free.pop();
    if (talk === undefined) due.push(dueMs);
    else ask(talk, dueMs);
  }
  setTimeout(tick, 1);
}

let open = 0;
function report(): void {
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  console.log(JSON.stringify({ ...seen, p50: at(0.5), p99: at(0.99) }));
  process.exit(0);
}
for (let count = 0; count < CONNECTIONS; count += 1) {
  const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  const talk: Talk = { socket, dueMs: 0, left: 0 };
  socket.on("connect", () => {
    open += 1;
    if (perSecond === 0) ask(talk, performance.now());
    else free.push(talk);
    if (perSecond > 0 && open === CONNECTIONS) tick();
  });
  socket.on("data", (chunk: Buffer) => take(talk, chunk));
  socket.on("error", () => (seen.failures += 1));
  socket.on("close", () => {
    open -= 1;
    if (open === 0) report();
  });
}

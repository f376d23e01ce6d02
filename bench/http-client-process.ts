/**
 * 64 connections, each with one request at a time, for some seconds; writes what it saw as
 * JSON. A process of its own, so that the server's CPU is the server's.
 * Arguments: port, `null` or `form`, seconds, account SID.
 */
import { connect } from "node:net";

const CONNECTIONS = 64;
const FORM =
  "To=%2B447700900123&From=%2B15005550100&Body=Your+table+is+ready%2C+please+come+in&StatusCallback=https%3A%2F%2Fexample.org%2Fstatus";

const [port = "", kind = "null", seconds = "3", account = ""] = process.argv.slice(2);
const request = Buffer.from(kind === "form" ? formRequest() : "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
const untilMs = Date.now() + Number(seconds) * 1_000;
const seen = { answers: 0, failures: 0 };
let open = CONNECTIONS;
for (let i = 0; i < CONNECTIONS; i += 1) converse();

function formRequest(): string {
  return [
    `POST /2010-04-01/Accounts/${account}/Messages.json HTTP/1.1`,
    "Host: 127.0.0.1:8080",
    "User-Agent: bench",
    "Accept: application/json",
    "Accept-Encoding: gzip",
    `Authorization: Basic ${Buffer.from(`${account}:token`).toString("base64")}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${FORM.length}`,
    "",
    FORM,
  ].join("\r\n");
}

function converse(): void {
  const socket = connect(Number(port), "127.0.0.1");
  let text = "";
  socket.setNoDelay(true);
  socket.on("connect", () => socket.write(request));
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length < head + 4 + length) return;
    seen.answers += 1;
    if (!text.startsWith("HTTP/1.1 20")) seen.failures += 1;
    text = "";
    if (Date.now() < untilMs) socket.write(request);
    else socket.destroy();
  });
  socket.on("error", () => (seen.failures += 1));
  socket.on("close", () => {
    open -= 1;
    if (open === 0) console.log(JSON.stringify(seen));
  });
}

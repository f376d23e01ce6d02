/**
 * So many HTTP/2 sessions with so many requests in progress each, for some seconds; writes
 * what it saw as JSON. A process of its own, so that the server's CPU is the server's.
 * Arguments: port, sessions, streams, seconds.
 */
import { connect, type ClientHttp2Session } from "node:http2";

const [port = "", sessions = "4", streams = "16", seconds = "3"] = process.argv.slice(2);
const untilMs = Date.now() + Number(seconds) * 1_000;
const seen = { answers: 0, failures: 0 };
let open = Number(sessions) * Number(streams);
for (let i = 0; i < Number(sessions); i += 1) {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => (seen.failures += 1));
  for (let j = 0; j < Number(streams); j += 1) ask(session);
}

function ask(session: ClientHttp2Session): void {
  const stream = session.request({ ":path": "/healthz" });
  stream.on("response", (headers) => {
    if (headers[":status"] !== 200) seen.failures += 1;
  });
  stream.on("error", () => (seen.failures += 1));
  stream.on("close", () => {
    seen.answers += 1;
    if (Date.now() < untilMs && !session.destroyed) return ask(session);
    open -= 1;
    if (open > 0) return;
    console.log(JSON.stringify(seen));
    process.exit();
  });
  stream.resume();
}

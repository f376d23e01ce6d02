// A small back end for work on the console without the program: node console/dev/fake.js [port] [folder of the build].
// It keeps everything in memory, signs everybody in, and answers texts like a small app would. Never shipped.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { randomBytes } from "node:crypto";
import { WebSocketServer } from "ws";
import { FakePhones } from "./fake-phones.js";

const port = Number(process.argv[2] ?? 8099);
const folder = process.argv[3] ?? "dist/console";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html" };
const ACCOUNT = "AC00000000000000000000000000000001";
const phones = new FakePhones(ACCOUNT);
let isSignedIn = process.env.SIGNED_OUT === undefined;

const session = {
  user: { sid: "US00000000000000000000000000000001", email: "ada@example.com", role: "owner", name: "Ada Example" },
  account: { sid: ACCOUNT, friendlyName: "Main account" },
  accounts: [{ sid: "AC00000000000000000000000000000002", friendlyName: "Shop in Lisbon" }],
  isOperator: true,
  permissions: [
    "phones",
    "messages.read",
    "messages.write",
    "debugger.read",
    "carriers.read",
    "routes.read",
    "numbers.write",
    "numbers.read",
  ],
  features: { simulator: true, chaos: true, fleet: true, development: true },
  baseUrl: "http://127.0.0.1:8099",
};

const server = createServer((request, response) => {
  void answer(request, response).catch((/** @type {unknown} */ error) =>
    json(response, 500, { code: 20500, message: String(error) }),
  );
});

async function answer(request, response) {
  const url = new URL(request.url, "http://x");
  if (url.pathname.startsWith("/console/api/")) return callApi(request, response, url);
  return serveFile(url.pathname, response);
}

async function callApi(request, response, url) {
  const body = await readBody(request);
  const path = url.pathname.slice("/console/api".length);
  if (path === "/sign-in") {
    const { password, totp } = JSON.parse(body);
    if (password !== "correct horse battery")
      return json(response, 401, { code: 20003, message: "E-mail or password is wrong." });
    if (totp === undefined) return json(response, 401, { code: 20003, message: "A code is needed.", need: "totp" });
    isSignedIn = true;
    return json(response, 200, {});
  }
  if (path === "/enter") {
    const { token, password } = JSON.parse(body);
    if (token === "invitation" && password === undefined) return json(response, 200, { need: "password" });
    if (token === "used") return json(response, 401, { code: 20003, message: "The link was used already." });
    isSignedIn = true;
    return json(response, 200, {});
  }
  if (path === "/sign-out") {
    isSignedIn = false;
    return json(response, 200, {});
  }
  if (!isSignedIn) return json(response, 401, { code: 20003, message: "Nobody is signed in." });
  if (path === "/session") return json(response, 200, session);
  const found = phones.answer(request.method, path, { query: url.searchParams, body });
  if (found === undefined)
    return json(response, 404, {
      code: 20404,
      message: `Nothing is at ${path}.`,
      more_info: "https://www.twilio.com/docs/errors/20404",
    });
  return json(response, found.status ?? 200, found.body);
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

function serveFile(path, response) {
  const nonce = randomBytes(16).toString("base64");
  const inside = normalize(path.replace(/^\/console/, "")).replace(/^(\.\.\/?)+/, "");
  let octets;
  let type = extname(inside);
  try {
    octets = readFileSync(join(folder, inside));
  } catch {
    octets = Buffer.from(readFileSync(join(folder, "index.html"), "utf8").replaceAll("__NONCE__", nonce));
    type = ".html";
  }
  response.writeHead(200, {
    "Content-Type": TYPES[type] ?? "application/octet-stream",
    "Content-Security-Policy": `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  });
  response.end(octets);
}

new WebSocketServer({ server, path: "/console/live" }).on("connection", (socket) => {
  const stops = new Map();
  socket.on("message", (data) => {
    const frame = JSON.parse(Buffer.from(data).toString("utf8"));
    if (frame.unsubscribe !== undefined) stops.get(frame.unsubscribe)?.();
    if (frame.subscribe === undefined) return;
    const { id, topic, query } = frame.subscribe;
    stops.set(
      id,
      phones.watch(topic, query ?? {}, (items) => socket.send(JSON.stringify({ id, from: "edge-1", items }))),
    );
  });
  const ping = setInterval(() => socket.send(JSON.stringify({ ping: Date.now() })), 10_000);
  socket.on("close", () => {
    clearInterval(ping);
    for (const stop of stops.values()) stop();
  });
});

server.listen(port, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${port}/console/\n`));

/**
 * Live insight: from an event in a cell's ring to the text on a browser's socket, with the hub asking in the
 * same process, and over signed HTTP as an edge does.
 * `npm run bench -- live [sockets] [events a second] [seconds]`.
 */
import { WebSocket } from "ws";
import { systemClock } from "../src/adapters/system/index.ts";
import { signedCall } from "../src/entry/fleet/signed-call.ts";
import { FleetKey, INTERNAL_PREFIX, signedMount } from "../src/platform/fleet/index.ts";
import { HttpServer, type Mount } from "../src/platform/http/index.ts";
import {
  LIVE_PATH,
  LiveAnswerer,
  LiveHub,
  readReplies,
  RecentRing,
  ringSource,
  type LiveAsk,
  type LiveHubOptions,
  type LiveViewer,
} from "../src/platform/live/index.ts";
import { WebSocketDoor } from "../src/platform/websocket/index.ts";
import { silentLogger } from "../test/kit/silent-logger.ts";

const ACCOUNTS = 10;
const RING = 5_000;
/** How often events are made. */
const STEP_MS = 10;
/** What came before that is not counted: connections and code that is not warm. */
const WARM_UP_MS = 1_000;

interface Event {
  readonly atMs: number;
  readonly sid: string;
  readonly status: string;
}

type AskCell = LiveHubOptions<LiveViewer>["askCell"];
type Row = Record<string, string | number>;

/** Runs both ways and prints a row for each. */
export async function run(args: string[]): Promise<void> {
  const [sockets = 50, eventsPerSecond = 1_000, seconds = 8] = args.map(Number);
  const load = { sockets, eventsPerSecond, seconds };
  console.log(`${sockets} sockets of ${ACCOUNTS} accounts and the operator, ${eventsPerSecond} events/s, ${seconds} s`);
  console.table([await measure("in the same process", load, false), await measure("signed HTTP", load, true)]);
}

async function measure(
  name: string,
  load: { sockets: number; eventsPerSecond: number; seconds: number },
  isRemote: boolean,
): Promise<Row> {
  const ring = new RecentRing<Event>({ capacity: RING });
  const answerer = new LiveAnswerer({
    sources: [ringSource("messages", ring)],
    clock: systemClock,
    logger: silentLogger,
  });
  const cell = isRemote ? await startCell(answerer) : undefined;
  const edge = await startEdge(cell?.ask ?? ((_, asks) => answerer.answer(asks)));
  const delays: number[] = [];
  let skipped = 0;
  const startMs = performance.now();
  const note = (text: string): void => {
    const nowMs = performance.now();
    const frame = JSON.parse(text) as { items?: Event[]; skipped?: number };
    if (nowMs - startMs < WARM_UP_MS) return;
    skipped += frame.skipped ?? 0;
    for (const { atMs } of frame.items ?? []) delays.push(nowMs - atMs);
  };
  const clients = Array.from({ length: load.sockets }, (_, at) => subscribe(edge.port, at, note));
  const before = process.cpuUsage();
  await makeEvents(ring, load);
  const { user, system } = process.cpuUsage(before);
  for (const client of clients) client.terminate();
  await edge.close();
  await cell?.close();
  delays.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN);
  return {
    way: name,
    "items shown": delays.length,
    "left out": skipped,
    "p50 ms": at(0.5),
    "p99 ms": at(0.99),
    "max ms": at(1),
    "CPU % of a core, clients too": Math.round((user + system) / 10_000 / load.seconds),
  };
}

/** The first socket watches everything, the others one account each. */
function subscribe(port: number, at: number, onText: (text: string) => void): WebSocket {
  const client = new WebSocket(`ws://127.0.0.1:${port}/live?${at}`, { origin: `http://127.0.0.1:${port}` });
  client.on("open", () => {
    client.send(JSON.stringify({ subscribe: { id: "m", topic: "messages", query: {}, all: at === 0 } }));
  });
  client.on("message", (data) => onText((data as Buffer).toString()));
  client.on("error", () => undefined);
  return client;
}

async function makeEvents(
  ring: RecentRing<Event>,
  { eventsPerSecond, seconds }: { eventsPerSecond: number; seconds: number },
): Promise<void> {
  const startMs = performance.now();
  let made = 0;
  for (let nowMs = startMs; nowMs - startMs < seconds * 1_000; nowMs = performance.now()) {
    for (; made < ((nowMs - startMs) * eventsPerSecond) / 1_000; made += 1) {
      const sid = `SM${made.toString(16).padStart(32, "0")}`;
      ring.add(accountAt(made), { atMs: nowMs, sid, status: "delivered" });
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

function accountAt(at: number): string {
  return `AC${String(at % ACCOUNTS).padStart(32, "0")}`;
}

async function startCell(answerer: LiveAnswerer): Promise<{ ask: AskCell; close: () => Promise<void> }> {
  const key = new FleetKey(new Uint8Array(32).fill(7));
  const server = serverOf([signedMount(key, systemClock, answerer.endpoint)]);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const ask = async (_: string, asks: readonly LiveAsk[]) => {
    const target = `${INTERNAL_PREFIX}${LIVE_PATH}`;
    const call = { method: "POST", target, json: { questions: asks }, timeoutMs: 4_000 } as const;
    const { json } = await signedCall(`http://127.0.0.1:${port}`, key, call);
    return readReplies(json, asks.length);
  };
  return { ask, close: () => server.close(0) };
}

async function startEdge(askCell: AskCell): Promise<{ port: number; close: () => Promise<void> }> {
  const hub = new LiveHub<LiveViewer>({
    clock: systemClock,
    logger: silentLogger,
    name: "edge-1",
    ownSources: [],
    cellTopics: ["messages"],
    cellsOf: () => ["messaging-1"],
    askCell,
    mayWatch: () => true,
    recheck: (viewer) => Promise.resolve(viewer),
  });
  const door = new WebSocketDoor({ clock: systemClock });
  const mount = door.mount<LiveViewer>({
    path: "/live",
    admit: ({ query }) => {
      const at = Number(query);
      const who = { sessionSid: query, accountSid: accountAt(at), isOperator: at === 0, expiresAtMs: Infinity };
      return { key: query, who };
    },
    onSocket: (socket, who) => hub.attach(socket, who),
  });
  const server = serverOf([mount]);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    port,
    close: async () => {
      await door.close();
      await server.close(0);
    },
  };
}

function serverOf(mounts: readonly Mount[]): HttpServer {
  return new HttpServer({
    clock: systemClock,
    logger: silentLogger,
    minter: { mint: (prefix) => prefix },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts,
  });
}

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { it, type TestContext } from "node:test";
import { until } from "../../../test/kit/until.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { RequestParser } from "../../protocols/http1/index.ts";
import type { CellAddress, Home } from "../fleet/index.ts";
import { HttpServer, type Principal } from "../http/index.ts";
import {
  PassThrough,
  Pipeline,
  UpstreamPool,
  type AccessRecord,
  type EdgeTarget,
  type PipelineOptions,
  type RouteFinder,
  type UpstreamLimits,
} from "./index.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;
export const BASIC = `Basic ${Buffer.from(`${ACCOUNT}:token`).toString("base64")}`;

/** A request as a cell received it. */
export interface Received {
  readonly head: string;
  readonly body: Buffer;
  /** Which connection it came over, counted from 0. */
  readonly connection: number;
}

type Script = (received: Received, socket: Socket) => void;

/** A cell that answers as a test tells it to. */
export class ScriptedCell {
  readonly received: Received[] = [];
  readonly sockets: Socket[] = [];
  connections = 0;
  script: Script;
  /** Whether it reads what comes; set before a connection. */
  reads = true;
  private server: Server = createServer();
  address: CellAddress = { host: "127.0.0.1", port: 0 };

  constructor(script: Script) {
    this.script = script;
  }

  async listen(port = 0): Promise<void> {
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.serve(socket));
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.address = { host: "127.0.0.1", port: (this.server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const closed = new Promise((resolve) => this.server.close(resolve));
    await closed;
  }

  private serve(socket: Socket): void {
    const connection = this.connections;
    this.connections += 1;
    this.sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    if (!this.reads) return void socket.pause();
    const parser = new RequestParser();
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      let offset = 0;
      while (offset < chunk.length) {
        if (parser.phase === "head") head += chunk.toString("latin1", offset);
        offset = parser.push(chunk, offset);
        if (parser.phase === "held") parser.takeBody(64 * 1_048_576);
        if (parser.phase !== "done") continue;
        const received = { head: `${head.split("\r\n\r\n")[0] ?? ""}\r\n\r\n`, body: parser.body, connection };
        head = "";
        parser.next();
        this.received.push(received);
        this.script(received, socket);
      }
    });
  }
}

/** A whole answer with a short body. */
export function ok(body = "ok", fields = ""): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const answering =
  (text: string): Script =>
  (_, socket) =>
    void socket.write(text);

export const principal: Principal = {
  accountSid: ACCOUNT,
  status: "active",
  credential: "token",
  canAccess: () => Promise.resolve(true),
};

/** Routes in a map, by SID. */
export class MapRoutes implements RouteFinder {
  readonly homes = new Map<string, Home>();
  readonly targets = new Map<string, EdgeTarget>();
  repairs = 0;

  route(key: string): Home | undefined {
    return this.homes.get(key);
  }

  repair(key: string, _type: string, home: Home): boolean {
    if (home.epoch <= (this.homes.get(key)?.epoch ?? -1)) return false;
    this.repairs += 1;
    this.homes.set(key, home);
    return true;
  }

  cell(name: string): EdgeTarget | undefined {
    return this.targets.get(name);
  }
}

export interface EdgeWorld {
  readonly port: number;
  readonly routes: MapRoutes;
  readonly pool: UpstreamPool;
  readonly records: AccessRecord[];
  /** Sends octets, ends its side with nothing more, and gives what came until the edge closed. */
  ask(request: string): Promise<string>;
}

/** An edge on a real socket, and scripted cells behind it; the account is at home in the first one. */
export async function edgeWorld(
  t: TestContext,
  cells: Readonly<Record<string, ScriptedCell>>,
  options: { limits?: Partial<UpstreamLimits>; pipeline?: Partial<PipelineOptions> } = {},
): Promise<EdgeWorld> {
  const routes = new MapRoutes();
  for (const [name, cell] of Object.entries(cells)) {
    await cell.listen();
    t.after(() => cell.close());
    routes.targets.set(name, { name, address: cell.address });
    if (routes.homes.size === 0) routes.homes.set(ACCOUNT, { cell: name, epoch: 1 });
  }
  const records: AccessRecord[] = [];
  const limits = { checkIntervalMs: 5, probeMs: 10, ...options.limits };
  const pool = new UpstreamPool({ clock: systemClock, logger: silentLogger, limits });
  const minter = new SidMinter(
    () => Date.now(),
    (count) => new Uint8Array(count),
  );
  const pipeline = new Pipeline({
    clock: systemClock,
    logger: silentLogger,
    minter,
    authenticator: { authenticate: ({ password }) => (password === "token" ? principal : undefined) },
    routes,
    destination: new PassThrough({ clock: systemClock, pool }),
    onAnswer: (record) => records.push(record),
    ...options.pipeline,
  });
  const server = new HttpServer({
    clock: systemClock,
    logger: silentLogger,
    minter,
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    through: () => pipeline,
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    pool.close();
    await server.close(0);
  });
  return { port, routes, pool, records, ask: (request) => ask(port, request) };
}

/** Sends octets and gives what came until the other side closed. */
export async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  socket.write(request, "latin1");
  await once(socket, "close");
  return Buffer.concat(pieces).toString("latin1");
}

/** Waits until something holds. */
export const soon = (holds: () => boolean): Promise<void> => until(holds.toString(), holds);

/** A request that is the last on its connection. */
export function request(method: string, path: string, more: { fields?: string; body?: string } = {}): string {
  const { fields = "", body } = more;
  const length = body === undefined ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: ${BASIC}\r\nConnection: close\r\n`;
  return `${head}${fields}${length}\r\n${body ?? ""}`;
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
export const bodyOf = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);
export const codeOf = (answer: string): number => (JSON.parse(bodyOf(answer)) as { code: number }).code;

it("is a world that answers", async (t) => {
  const world = await edgeWorld(t, { a: new ScriptedCell(answering(ok())) });
  assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "ok");
});

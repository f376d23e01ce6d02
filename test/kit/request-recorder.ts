/** A server of ours that notes how it understood each connection. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { systemClock } from "../../src/adapters/system/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { HttpServer, type HttpRequest, type RequestAnswerer } from "../../src/platform/http/index.ts";
import { silentLogger } from "./silent-logger.ts";

/** One request as somebody understood it. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Latin-1; `undefined` where it never came whole. */
  body: string | undefined;
}

/** One connection, as our server understood it. */
export interface ReadConnection {
  /** Latin-1. */
  octets: string;
  readonly requests: ReadRequest[];
}

export interface Recorder {
  readonly port: number;
  /** What came over connections that were opened since the last call of either; what still comes over older ones is not looked at. */
  take(): ReadConnection[];
  /** Requests that came whole since the last call of either, over whatever connection. */
  takeWhole(): ReadRequest[];
}

const MAX_BODY_OCTETS = 100_000;
const PATIENCE_MS = 1_000;

/** Answers every request that it understands with 200, after its body. */
export async function startRecorder(t: TestContext): Promise<Recorder> {
  const connections = new Set<ReadConnection>();
  const whole: ReadRequest[] = [];
  const servers = new Set<HttpServer>();
  const net = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    const connection: ReadConnection = { octets: "", requests: [] };
    connections.add(connection);
    const server = new HttpServer({
      clock: systemClock,
      logger: silentLogger,
      minter: { mint: (prefix) => `${prefix}1` },
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      routes: [],
      through: () => answererOf(connection, whole),
    });
    servers.add(server);
    socket.on("data", (chunk: Buffer) => (connection.octets += chunk.toString("latin1")));
    server.handleConnection(socket, "http");
  });
  net.listen(0, "127.0.0.1");
  await once(net, "listening");
  t.after(async () => {
    await Promise.all([...servers].map((server) => server.close(0)));
    net.close();
  });
  return {
    port: (net.address() as AddressInfo).port,
    take: () => {
      const taken = [...connections].filter(({ octets }) => octets !== "");
      connections.clear();
      whole.length = 0;
      return taken;
    },
    takeWhole: () => {
      connections.clear();
      return whole.splice(0);
    },
  };
}

function answererOf(connection: ReadConnection, whole: ReadRequest[]): RequestAnswerer {
  const note = (request: HttpRequest): ReadRequest => {
    const { method, target, headers } = request;
    const fields = headers as Readonly<Record<string, string>>;
    const read = { method, target, host: fields["host"], headers: fields, body: undefined };
    connection.requests.push(read);
    return read;
  };
  return {
    async dispatch(request) {
      const read = note(request);
      try {
        read.body = (await request.readBody(MAX_BODY_OCTETS)).toString("latin1");
        whole.push(read);
        return { status: 200, headers: [], body: "ok" };
      } catch (error) {
        return { status: error instanceof AppError ? error.status : 500, headers: [] };
      }
    },
    reject(request, error) {
      note(request);
      return { status: error.status, headers: [] };
    },
  };
}

/**
 * Sends octets and resolves to the statuses of the answers when the other side has closed.
 * It closes its own side at once, or, when told to, after so many answers or a second.
 */
export async function sendOctets(port: number, octets: string, answers?: number): Promise<number[]> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  let received = "";
  const statuses = (): number[] =>
    [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1])).filter((status) => status !== 100);
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    if (answers !== undefined && statuses().length >= answers) socket.end();
  });
  await once(socket, "connect");
  socket.write(octets, "latin1");
  if (answers === undefined) socket.end();
  const timer = setTimeout(() => socket.end(), PATIENCE_MS);
  if (!socket.closed) await once(socket, "close");
  clearTimeout(timer);
  return statuses();
}

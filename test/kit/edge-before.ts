/** The edge's pass-through before a server, without the stages that ask who is calling. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { systemClock } from "../../src/adapters/system/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { EdgeRequest, PassThrough, UpstreamPool } from "../../src/platform/edge/index.ts";
import { hostOf, HttpServer, type HttpRequest, type HttpResponse } from "../../src/platform/http/index.ts";
import { silentLogger } from "./silent-logger.ts";

/** Starts it; everything goes to `port` of this machine. Resolves to its own port. */
export async function startEdgeBefore(t: TestContext, port: number): Promise<number> {
  const pool = new UpstreamPool({ clock: systemClock, logger: silentLogger });
  const passThrough = new PassThrough({ clock: systemClock, pool });
  const target = { name: "cell", address: { host: "127.0.0.1", port } };
  const forward = async (request: HttpRequest): Promise<HttpResponse> => {
    const edge = new EdgeRequest(request, systemClock.monotonicMs(), () => "RQ1");
    if (edge.isTargetBroken) return { status: 400, headers: [] };
    edge.host = hostOf(request, edge.targetHost);
    return passThrough.forward(edge, target);
  };
  const server = new HttpServer({
    clock: systemClock,
    logger: silentLogger,
    minter: { mint: (prefix) => `${prefix}1` },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    through: (dispatcher) => ({
      dispatch: (request) =>
        forward(request).catch((error: unknown) => {
          if (error instanceof AppError) return dispatcher.reject(request, error);
          throw error;
        }),
      reject: (request, error) => dispatcher.reject(request, error),
    }),
  });
  const net = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.handleConnection(socket, "http"));
  net.listen(0, "127.0.0.1");
  await once(net, "listening");
  t.after(async () => {
    await server.close(0);
    pool.close();
    net.close();
  });
  return (net.address() as AddressInfo).port;
}

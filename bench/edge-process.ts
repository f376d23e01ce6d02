/**
 * An edge in a process of its own, so that its CPU is its own. Arguments: `full` (every stage
 * on, with the real authenticator, router and limiter) or `bare` (the pass-through alone), the
 * backend's port, the account. Writes its port.
 */
import { randomBytes } from "node:crypto";
import { systemClock } from "../src/adapters/system/index.ts";
import { CellHints } from "../src/kernel/cell-hints.ts";
import { SidMinter } from "../src/kernel/ids.ts";
import { edgeAuthenticator } from "../src/modules/accounts/index.ts";
import { CellRouter } from "../src/platform/cell-router/index.ts";
import { PassThrough, Pipeline, UpstreamPool, type PipelineOptions } from "../src/platform/edge/index.ts";
import type { CellDescriptor } from "../src/platform/fleet/index.ts";
import { HttpServer } from "../src/platform/http/index.ts";
import { Limiter } from "../src/platform/limits/index.ts";
import type { Logger } from "../src/platform/ports.ts";
import { SecretBox } from "../src/platform/secrets/index.ts";

const [mode = "full", backend = "", account = "", token = ""] = process.argv.slice(2);
const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: console.warn, error: console.error, child: () => logger };
const clock = systemClock;
const minter = new SidMinter(() => Date.now(), randomBytes);
const cell: CellDescriptor = {
  name: "messaging-1",
  number: 1,
  type: "messaging",
  tier: "smb",
  region: "us1",
  address: { host: "127.0.0.1", port: Number(backend) },
  state: "open",
};
const pool = new UpstreamPool({ clock, logger });
const destination = new PassThrough({ clock, pool });
const records = { count: 0 };

function full(): PipelineOptions {
  const secrets = new SecretBox(new Uint8Array(32));
  const hints = new CellHints(new Uint8Array(16).fill(7));
  const routes = new CellRouter({ clock, logger, hints, cells: [cell] });
  routes.repair(account, "messaging", { cell: cell.name, epoch: 1 });
  const rate = { count: 10_000_000 };
  return {
    clock,
    logger,
    minter,
    destination,
    routes,
    authenticator: edgeAuthenticator({
      clock,
      logger,
      secrets,
      fetchRecord: () =>
        Promise.resolve({
          kind: "account",
          sid: account,
          parentSid: null,
          status: "active",
          digests: [secrets.digest(token, account)],
        }),
    }),
    limits: new Limiter({
      clock,
      key: new Uint8Array(32),
      settings: {
        rules: [
          { name: "account", subject: "account", scope: "process", rate },
          { name: "class", subject: "account-route-class", scope: "process", rate },
          { name: "ip", subject: "ip", scope: "process", rate },
        ],
      },
    }),
    own: { dispatch: () => Promise.resolve({ status: 200, headers: [], body: "ok" }) },
    onAnswer: ({ status }) => (records.count += status),
  };
}

function bare(): PipelineOptions {
  return {
    clock,
    logger,
    minter,
    shedding: false,
    destination: { forward: (edge) => destination.forward(edge, cell) },
  };
}

const pipeline = new Pipeline(mode === "full" ? full() : bare());
const server = new HttpServer({
  clock,
  logger,
  minter,
  authenticator: { authenticate: () => Promise.resolve(undefined) },
  routes: [],
  through: () => pipeline,
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify({ port }));

import { join } from "node:path";
import { openPhoneJournal } from "../../adapters/files/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../../adapters/system/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import {
  MemoryPhoneStore,
  simulatorMounts,
  startSimulator,
  type Credentials,
  type PhoneStore,
  type Simulator,
} from "../../modules/simulator/index.ts";
import { CommandFailure, defineCommand, EXIT, UsageError } from "../../platform/cli/index.ts";
import { healthRoutes, HttpServer } from "../../platform/http/index.ts";
import { createLineWriter, createLogger, formatJson, formatPretty } from "../../platform/logging/index.ts";
import type { Logger } from "../../platform/ports.ts";
import { waitForEnd } from "../end-signal.ts";
import { faultOptions, faultsOf } from "../fault-options.ts";
import { locationSettings, readSettings } from "../find-running.ts";
import { reportReady } from "../fleet/ready-report.ts";
import { StartFailure } from "../start-failure.ts";

const HOST = "127.0.0.1";
const DRAIN_MS = 500;
const HTTP_GRACE_MS = 500;
/** What anybody may sign in with where no --login is given. */
const ANY_LOGIN: Credentials = { systemId: "trunkline", password: "simulate" };

export const simulateCarrier = defineCommand({
  name: "simulate carrier",
  summary: "start a carrier to play with",
  description:
    "Starts an SMSC on this machine that speaks SMPP 3.4 and has simulated phones behind it, for Trunkline or for any " +
    "other application. With faults it is as bad a carrier as one wants. The phones keep their texts in the data " +
    "folder, by port; with --port 0 they are forgotten. Ctrl-C stops it.",
  example: "npx trunkline simulate carrier --port 2775 --lose-receipts 0.1 --error 0x58:0.05",
  options: {
    port: { type: "integer", placeholder: "port", min: 0, max: 65_535, default: 2775, description: "The SMPP port." },
    "http-port": {
      type: "integer",
      placeholder: "port",
      min: 0,
      max: 65_535,
      default: 0,
      description: "The port of the phones.",
    },
    lease: {
      type: "list",
      placeholder: "number=user",
      description: "To whom texts to a number go, also before it has sent one.",
    },
    login: { type: "list", placeholder: "user:secret", description: "Who may bind. Without it, everybody." },
    "message-ids": {
      type: "text",
      placeholder: "base",
      choices: ["decimal", "hex", "padded-decimal", "padded-hex"],
      default: "decimal",
      description: "How message ids are written in responses.",
    },
    "receipt-ids": {
      type: "text",
      placeholder: "base",
      choices: ["decimal", "hex", "padded-decimal", "padded-hex"],
      default: "decimal",
      description: "How message ids are written in receipts.",
    },
    receipts: {
      type: "text",
      placeholder: "form",
      choices: ["both", "text", "tlv"],
      default: "both",
      description: "Whether receipts say it in text, in TLVs or in both.",
    },
    ...faultOptions,
  },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const { data } = readSettings(context, settingFlags);
    const faults = faultsOf(options);
    const logins = options.login.map(readLogin);
    const logger = createLogger({
      sink: createLineWriter(process.stderr),
      clock: systemClock,
      level: "info",
      format: context.stderr.isTty ? formatPretty(true) : formatJson,
    });
    const ended = waitForEnd();
    const store = await openStore(data, options.port, logger);
    const running = await start(store, logger, {
      host: HOST,
      port: options.port,
      messageIds: { response: options["message-ids"] as "hex", receipt: options["receipt-ids"] as "hex" },
      receiptForm: options.receipts as "both",
      faults,
      leases: new Map(options.lease.map(readLease)),
      ...(logins.length === 0 ? {} : { credentials: logins }),
    });
    const server = phoneServer(running.simulator, logger);
    let http: { port: number };
    try {
      http = await server.listen({ host: HOST, port: options["http-port"] });
    } catch (error) {
      await running.simulator.stop(0);
      throw asFailure(error, "--http-port");
    }
    const hasOtherIds = options["message-ids"] !== options["receipt-ids"];
    const [login = ANY_LOGIN] = logins;
    context.stdout.write(
      readyText({ smppPort: running.port, httpPort: http.port, login, hasOtherIds, idBase: options["message-ids"] }),
    );
    reportReady({ kind: "ready", name: "simulated-carrier", baseUrl: `http://${HOST}:${http.port}` });
    await ended.promise;
    context.stderr.write("Stopping …\n");
    await server.close(HTTP_GRACE_MS);
    await running.simulator.stop(DRAIN_MS);
    await logger.flush();
    context.stderr.write("Stopped.\n");
    return EXIT.ok;
  },
});

/** Two carriers cannot have one port, so phones that are kept by port have one owner; a free port is another one each time. */
async function openStore(dataFolder: string, port: number, logger: Logger): Promise<PhoneStore> {
  if (port === 0) return new MemoryPhoneStore();
  try {
    const probe = await systemNet.listen({ host: HOST, port }, (connection) => connection.destroy());
    await probe.close();
  } catch (error) {
    throw asFailure(error, "--port");
  }
  return openPhoneJournal(join(dataFolder, "carrier", `phones-${port}.jsonl`), logger);
}

async function start(store: PhoneStore, log: Logger, options: Parameters<typeof startSimulator>[1]) {
  try {
    return await startSimulator({ net: systemNet, clock: systemClock, log, store }, options);
  } catch (error) {
    await store.close();
    if (error instanceof AppError) throw new UsageError(error.message);
    throw asFailure(error, "--port");
  }
}

/** An HTTP server with the phones and nothing else; there is nobody to authenticate. */
function phoneServer(simulator: Simulator, logger: Logger): HttpServer {
  return new HttpServer({
    clock: systemClock,
    logger,
    minter: new SidMinter(() => systemClock.nowMs(), systemRandomBytes),
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [...healthRoutes({ ready: () => [] }), ...simulatorMounts(simulator)],
  });
}

function readLease(text: string): [string, string] {
  const match = /^(\+?\d{3,15})=([\w.-]{1,15})$/.exec(text);
  if (match === null) throw new UsageError("--lease expects a number, an equals sign and the user who has it");
  return [match[1] ?? "", match[2] ?? ""];
}

function readLogin(text: string): Credentials {
  const match = /^([^:]{1,15}):(.{0,8})$/.exec(text);
  if (match === null) {
    throw new UsageError("--login expects a user of 1 to 15 characters, a colon and a secret of at most 8");
  }
  return { systemId: match[1] ?? "", password: match[2] ?? "" };
}

function asFailure(error: unknown, option: string): unknown {
  const { port, code } = error as { port?: number; code?: string };
  const shown = StartFailure.ofListen(error, { port: port ?? 0, setting: option });
  return shown instanceof StartFailure ? new CommandFailure(shown.message, { cause: code }) : error;
}

function readyText(made: {
  readonly smppPort: number;
  readonly httpPort: number;
  readonly login: Credentials;
  readonly hasOtherIds: boolean;
  readonly idBase: string;
}): string {
  const { smppPort, httpPort, login } = made;
  const user = `${encodeURIComponent(login.systemId)}:${encodeURIComponent(login.password)}`;
  const conversion = made.idBase === "hex" ? "hex-to-decimal" : "decimal-to-hex";
  const ids = made.hasOtherIds ? `, messageIds: ${conversion}` : "";
  return `
The simulated carrier is ready.

  SMPP           ${HOST}:${smppPort}
  Phones         http://${HOST}:${httpPort}

To have Trunkline send by it, write into trunkline.yaml:

  carriers:
    - { name: simulated, type: smpp, url: "smpp://${user}@${HOST}:${smppPort}", window: 50${ids} }

and see what arrives:  npx trunkline phones --url http://${HOST}:${httpPort}

Ctrl-C stops it.
`;
}

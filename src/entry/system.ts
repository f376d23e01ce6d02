import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openBlobFolder, openPhoneJournal } from "../adapters/files/index.ts";
import { migrate, openDatabase, startEmbeddedPostgres, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../adapters/system/index.ts";
import { SidMinter } from "../kernel/ids.ts";
import { accountsModule, type AccountsModule } from "../modules/accounts/index.ts";
import type { Carrier } from "../modules/messaging/index.ts";
import { numbersModule, type NumbersModule } from "../modules/numbers/index.ts";
import type { PortedNumbers } from "../modules/routing/index.ts";
import { startSimulator, simulatorMounts, type Simulator } from "../modules/simulator/index.ts";
import type { NumberSettings } from "../platform/config/index.ts";
import { openAuthority, openFront, type Authority, type Front } from "../platform/front/index.ts";
import { healthRoutes, HttpServer, type ReadinessCheck } from "../platform/http/index.ts";
import { LogError } from "../platform/log/index.ts";
import { addProcessMetrics, Metrics } from "../platform/metrics/index.ts";
import type { Logger } from "../platform/ports.ts";
import { loadMasterKey, SecretBox } from "../platform/secrets/index.ts";
import type { Progress } from "../platform/cli/index.ts";
import { carrierMounts } from "./carrier-mounts.ts";
import { makeCarriers, simulatedCarrier, type ProgramSettings } from "./carriers.ts";
import { openCellLog, prepareMessagingCell, type MessagingCell } from "./messaging-cell.ts";
import { metricsMount, watchSystem } from "./metrics.ts";
import { openPortedNumbers } from "./ported-numbers.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

/** The one messaging cell of a system that runs in one process. */
const CELL = "messaging-1";
const SIMULATOR_DRAIN_MS = 500;

/** Numbers to play with where none are configured. */
const TEST_NUMBERS: readonly NumberSettings[] = [
  { number: "+15005550100", sms: true, mms: true, voice: true, country: "US", type: "local" },
  { number: "+15005550101", sms: true, mms: true, voice: true, country: "US", type: "local" },
  { number: "+18335550102", sms: true, mms: true, voice: true, country: "US", type: "tollfree" },
  { number: "55501", sms: true, mms: false, voice: false, country: "US", type: "shortcode" },
];

export interface SystemOptions {
  readonly settings: ProgramSettings;
  readonly logger: Logger;
  readonly progress: Progress;
  /** Called when the system cannot go on: a failed assertion, or its database is gone. */
  readonly onFatal: (reason: string) => void;
}

/** A system that serves. */
export interface RunningSystem {
  readonly baseUrl: string;
  readonly tlsUrl: string | undefined;
  readonly authority: Authority;
  readonly account: { readonly accountSid: string; readonly authToken: string };
  /** A number of the first account to send from. */
  readonly from: string | undefined;
  readonly simulator: Simulator | undefined;
  readonly cell: MessagingCell;
  close(): Promise<void>;
}

/** Starts everything on one machine. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const shutdown = new Shutdown(options.logger);
  try {
    return await new SystemStart(options, shutdown).run();
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

class SystemStart {
  private readonly options: SystemOptions;
  private readonly shutdown: Shutdown;
  private readonly minter = new SidMinter(() => systemClock.nowMs(), systemRandomBytes);
  private publicUrl = "";

  constructor(options: SystemOptions, shutdown: Shutdown) {
    this.options = options;
    this.shutdown = shutdown;
  }

  async run(): Promise<RunningSystem> {
    const { settings, logger } = this.options;
    await mkdir(settings.data, { recursive: true });
    const log = await this.openLog();
    await this.probePorts();
    const ported = await this.openPorted();
    const database = await this.openDatabase();
    const simulator = await this.startSimulator();
    const secrets = new SecretBox(await loadMasterKey(settings.data));
    const accounts = accountsModule({
      database,
      clock: systemClock,
      logger,
      mintSid: (prefix) => this.minter.mint(prefix),
      randomBytes: systemRandomBytes,
      secrets,
    });
    const numbers = numbersModule({
      database,
      clock: systemClock,
      logger,
      mintSid: (prefix) => this.minter.mint(prefix),
      accountStatus: (sid) => accounts.directory.status(sid),
    });
    const configured = settings.carriers.length > 0 ? settings.carriers : this.simulated(simulator?.port);
    const carriers = makeCarriers(configured, {
      net: systemNet,
      clock: systemClock,
      logger,
      publicUrl: () => this.publicUrl,
    });
    const operator: { accountSid?: string } = {};
    const prepared = await prepareMessagingCell({
      name: CELL,
      settings,
      log,
      database,
      blobs: await openBlobFolder(join(settings.data, "media")),
      clock: systemClock,
      net: systemNet,
      logger,
      accounts: accounts.directory,
      authenticator: accounts.authenticator,
      secrets,
      numbers: numbers.directory,
      carriers,
      ported,
      isOperator: (sid) => sid === operator.accountSid,
      mintSid: (prefix) => this.minter.mint(prefix),
      publicUrl: () => this.publicUrl,
    });
    await migrate(database, [...accounts.migrations, ...numbers.migrations, ...prepared.migrations]);
    const account = await accounts.ensureFirstAccount({
      accountSid: settings.accountSid,
      authToken: settings.authToken,
    });
    operator.accountSid = account.accountSid;
    const from = await this.syncNumbers(numbers, account.accountSid);
    const cell = await this.openCell(prepared);
    const front = await this.serve({ accounts, numbers, cell, carriers, simulator: simulator?.simulator });
    const system = { ...front, account, from, simulator: simulator?.simulator, cell };
    await this.writeRun(system);
    return { ...system, close: () => this.shutdown.run() };
  }

  /** Says to the other commands where it runs. */
  private async writeRun(system: Omit<RunningSystem, "close">): Promise<void> {
    const { account, cell } = system;
    const { settings } = this.options;
    await writeRunFile(settings.data, {
      pid: process.pid,
      baseUrl: system.baseUrl,
      tlsUrl: system.tlsUrl ?? null,
      caPath: system.authority.caPath,
      accountSid: account.accountSid,
      authToken: account.authToken,
      from: system.from ?? null,
      simulator: system.simulator !== undefined,
      smppPort: cell.smppPorts.port ?? null,
      smppTlsPort: cell.smppPorts.tlsPort ?? null,
    });
    this.shutdown.add("run file", () => removeRunFile(settings.data));
  }

  /** The log goes first: its lock says whether another process has this data folder. */
  private async openLog() {
    const { settings, logger } = this.options;
    try {
      const log = await openCellLog(settings.data, CELL, { clock: systemClock, logger });
      this.shutdown.add("log", () => log.close());
      return log;
    } catch (error) {
      if (error instanceof LogError && error.kind === "in-use") {
        throw new StartFailure(
          `The data folder ${settings.data} is in use by another Trunkline (${error.message}). ` +
            "Stop that one, or give this one another folder with --data or TRUNKLINE_DATA.",
        );
      }
      throw error;
    }
  }

  /** Says that a port is taken before anything is created. */
  private async probePorts(): Promise<void> {
    const { host, port, tlsPort, simulator, smpp } = this.options.settings;
    const wanted = [
      { host, port, setting: "port" },
      ...(tlsPort === undefined ? [] : [{ host, port: tlsPort, setting: "tlsPort" }]),
      ...(smpp.port === undefined ? [] : [{ host, port: smpp.port, setting: "smpp.port" }]),
      ...(smpp.tlsPort === undefined ? [] : [{ host, port: smpp.tlsPort, setting: "smpp.tlsPort" }]),
      ...(simulator.enabled ? [{ host: "127.0.0.1", port: simulator.port, setting: "simulator.port" }] : []),
    ];
    for (const { setting, ...address } of wanted) {
      try {
        const listener = await systemNet.listen(address, (connection) => connection.destroy());
        await listener.close();
      } catch (error) {
        throw StartFailure.ofListen(error, { port: address.port, setting });
      }
    }
  }

  private async openDatabase(): Promise<PooledDatabase> {
    const { settings, progress, onFatal } = this.options;
    const step = progress.step("PostgreSQL");
    let url = settings.databaseUrl;
    if (url === undefined) {
      const postgres = await startEmbeddedPostgres({
        folder: join(settings.data, "postgres"),
        onProgress: (line) => progress.note(line),
        onUnexpectedExit: (reason) => onFatal(`PostgreSQL ended by itself (${reason})`),
      });
      this.shutdown.add("PostgreSQL", () => postgres.stop());
      url = await postgres.database("trunkline");
    }
    const database = openDatabase({ url: String(url), poolSize: 10 });
    this.shutdown.add("database connections", () => database.close());
    await database.query("select 1");
    step.done();
    return database;
  }

  private async startSimulator() {
    const { settings, progress, logger } = this.options;
    if (!settings.simulator.enabled) return undefined;
    const step = progress.step("Simulated carrier");
    const store = await openPhoneJournal(join(settings.data, "simulator", "phones.jsonl"), logger);
    try {
      const running = await startSimulator(
        { net: systemNet, clock: systemClock, log: logger, store },
        { host: "127.0.0.1", port: settings.simulator.port },
      );
      this.shutdown.add("simulated carrier", () => running.simulator.stop(SIMULATOR_DRAIN_MS));
      step.done(`ready on port ${running.port}`);
      return running;
    } catch (error) {
      throw StartFailure.ofListen(error, { port: settings.simulator.port, setting: "simulator.port" });
    }
  }

  private async openPorted(): Promise<PortedNumbers | undefined> {
    const { settings, progress, logger } = this.options;
    const ports = { net: systemNet, clock: systemClock, logger, progress };
    const { ported, close } = await openPortedNumbers(settings.routing, ports);
    this.shutdown.add("look-up of numbers", close);
    return ported;
  }

  private simulated(port: number | undefined): ReturnType<typeof simulatedCarrier>[] {
    return port === undefined ? [] : [simulatedCarrier(port)];
  }

  private async syncNumbers(numbers: NumbersModule, ownerSid: string): Promise<string | undefined> {
    const { settings } = this.options;
    const useTestNumbers = settings.numbers.length === 0 && settings.simulator.enabled;
    const configured = useTestNumbers ? TEST_NUMBERS : settings.numbers;
    await numbers.syncInventory({ numbers: configured, ownerSid });
    return configured.find(({ number }) => numbers.directory.sender(ownerSid, number) !== undefined)?.number;
  }

  private async openCell(prepared: Awaited<ReturnType<typeof prepareMessagingCell>>): Promise<MessagingCell> {
    const { progress } = this.options;
    const step = progress.step("Messaging cell");
    let replayed = 0;
    const cell = await prepared.open((done) => {
      replayed = done;
    });
    this.shutdown.add("messaging cell", () => cell.close());
    step.done(replayed === 0 ? "ready" : `ready, ${Math.ceil(replayed / 1024)} KiB of log replayed,`);
    return cell;
  }

  private async serve(parts: {
    accounts: AccountsModule;
    numbers: NumbersModule;
    cell: MessagingCell;
    carriers: readonly Carrier[];
    simulator: Simulator | undefined;
  }) {
    const { settings, logger, onFatal, progress } = this.options;
    const { accounts, numbers, cell, carriers, simulator } = parts;
    const step = progress.step("API");
    const metrics = new Metrics();
    this.shutdown.add("metrics", () => addProcessMetrics(metrics).stop());
    const onAnswer = watchSystem(metrics, cell);
    const server = new HttpServer({
      clock: systemClock,
      logger,
      minter: this.minter,
      authenticator: accounts.authenticator,
      routes: [...accounts.routes, ...numbers.routes, ...cell.routes],
      mounts: [
        ...healthRoutes({ ready: () => readiness(cell) }),
        metricsMount(metrics),
        ...carrierMounts(carriers),
        ...(simulator === undefined ? [] : simulatorMounts(simulator)),
      ],
      onAnswer,
      onBug: (error) => onFatal(error.message),
    });
    const authority = await openAuthority({ folder: join(settings.data, "ca"), clock: systemClock });
    const front = await this.openFront(server, authority);
    // What came last goes first: no new requests, then the requests under way, then everything they need.
    this.shutdown.add("API", async () => {
      front.stopAccepting();
      await server.close(2_000);
      await front.close();
    });
    const [plain, tls] = front.addresses;
    const bound = plain?.host ?? settings.host;
    const isEverywhere = ["0.0.0.0", "::"].includes(bound);
    if (isEverywhere && settings.publicUrl === undefined) {
      logger.warn("api.no-public-url", { fix: "set publicUrl, so that links to media work from outside" });
    }
    const host = isEverywhere ? "127.0.0.1" : bound.includes(":") ? `[${bound}]` : bound;
    const baseUrl = `http://${host}:${plain?.port}`;
    this.publicUrl = settings.publicUrl === undefined ? baseUrl : String(settings.publicUrl).replace(/\/$/, "");
    step.done(`ready on ${baseUrl}`);
    return { authority, baseUrl, tlsUrl: tls === undefined ? undefined : `https://${host}:${tls.port}` };
  }

  private async openFront(server: HttpServer, authority: Authority): Promise<Front> {
    const { settings, logger } = this.options;
    const { host, port, tlsPort } = settings;
    const tls = tlsPort === undefined ? [] : [{ host, port: tlsPort, tlsOnly: true }];
    try {
      return await openFront({
        addresses: [{ host, port }, ...tls],
        authority,
        logger,
        onHttpConnection: (socket, scheme) => server.handleConnection(socket, scheme),
      });
    } catch (error) {
      throw StartFailure.ofListen(error, { port, setting: "port" });
    }
  }
}

function readiness(cell: MessagingCell): ReadinessCheck[] {
  const { carriers } = cell.messaging.status();
  const down = carriers.filter((carrier) => !carrier.up).map((carrier) => carrier.name);
  const log = cell.cell.logStatus();
  return [
    { name: "log", ok: log.acceptsNewWork, detail: log.reason ?? "accepts work" },
    {
      name: "carriers",
      // A system without any carrier up still accepts and keeps messages; it is ready, and says so.
      ok: true,
      detail: down.length === 0 ? `${carriers.length} up` : `down: ${down.join(", ")}`,
    },
    { name: "projection", ok: true, detail: `${cell.cell.unprojected()} changes waiting` },
  ];
}

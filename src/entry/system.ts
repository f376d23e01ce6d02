import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openPhoneJournal } from "../adapters/files/index.ts";
import { openDatabase, startEmbeddedPostgres, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import { SidMinter } from "../kernel/ids.ts";
import { startSimulator, simulatorMounts, type Simulator } from "../modules/simulator/index.ts";
import { openAuthority, openFront, type Authority, type Front } from "../platform/front/index.ts";
import { healthRoutes, HttpServer } from "../platform/http/index.ts";
import { addProcessMetrics, Metrics } from "../platform/metrics/index.ts";
import type { Logger } from "../platform/ports.ts";
import { loadMasterKey, SecretBox } from "../platform/secrets/index.ts";
import type { Progress } from "../platform/cli/index.ts";
import { carrierMounts } from "./carrier-mounts.ts";
import { simulatedCarrier, type ProgramSettings } from "./carriers.ts";
import { FIRST_CELL, lockCellLog, readiness, startCellCore, type CellCore } from "./cell-core.ts";
import type { MessagingCell } from "./messaging-cell.ts";
import { metricsMount, watchSystem } from "./metrics.ts";
import { numbersOfCell } from "./test-numbers.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

const SIMULATOR_DRAIN_MS = 500;

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
    const { settings, logger, progress } = this.options;
    const { shutdown, minter } = this;
    await mkdir(settings.data, { recursive: true });
    const log = await lockCellLog({ settings, logger, shutdown }, FIRST_CELL);
    await this.probePorts();
    const database = await this.openDatabase();
    const simulator = await this.startSimulator();
    const core = await startCellCore({
      name: FIRST_CELL,
      settings,
      log,
      database,
      mediaFolder: join(settings.data, "media"),
      secrets: new SecretBox(await loadMasterKey(settings.data)),
      minter,
      carriers: settings.carriers.length > 0 ? settings.carriers : this.simulated(simulator?.port),
      numbers: numbersOfCell(settings, 1),
      isOperatorHome: true,
      publicUrl: () => this.publicUrl,
      logger,
      progress,
      shutdown,
    });
    const { cell, from } = core;
    const account = present(core.account, "the operator is at home in the only cell");
    const front = await this.serve(core, simulator?.simulator);
    const system = { ...front, account, from, simulator: simulator?.simulator, cell };
    await this.writeRun(system);
    return { ...system, close: () => shutdown.run() };
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
      phonesUrl: null,
      supervisorUrl: null,
    });
    this.shutdown.add("run file", () => removeRunFile(settings.data));
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

  private simulated(port: number | undefined): ReturnType<typeof simulatedCarrier>[] {
    return port === undefined ? [] : [simulatedCarrier(port)];
  }

  private async serve({ accounts, numbers, cell, carriers }: CellCore, simulator: Simulator | undefined) {
    const { settings, logger, onFatal, progress } = this.options;
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

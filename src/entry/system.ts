import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openPhoneJournal } from "../adapters/files/index.ts";
import { migrate, openDatabase, startEmbeddedPostgres, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock, systemNet } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import { edgeTicketAuthenticator, ticketAuthenticator } from "../modules/accounts/index.ts";
import { startSimulator, simulatorMounts, type Simulator } from "../modules/simulator/index.ts";
import { FLEET_SIGNATURE_HEADER } from "../platform/fleet/index.ts";
import type { EdgeBinsRecord } from "../platform/insight/index.ts";
import { MemoryGossip, type GossipView } from "../platform/gossip/index.ts";
import { InProcess, Pipeline, type AccessRecord } from "../platform/edge/index.ts";
import type { Authority } from "../platform/front/index.ts";
import { Tickets } from "../platform/console/index.ts";
import {
  healthRoutes,
  HttpServer,
  type Answered,
  type HttpRequest,
  type HttpResponse,
  type Mount,
  type RequestAnswerer,
} from "../platform/http/index.ts";
import { addProcessMetrics, Metrics } from "../platform/metrics/index.ts";
import type { Logger } from "../platform/ports.ts";
import { loadMasterKey } from "../platform/secrets/index.ts";
import type { Progress } from "../platform/cli/index.ts";
import { simulatedCarrier, type ProgramSettings } from "./carriers.ts";
import { CELL_DATABASE, CONTROL_DATABASE } from "./fleet/databases.ts";
import { FIRST_CELL, lockCellLog, mountsOf, readiness, routesOf, startCellCore, type CellCore } from "./cell-core.ts";
import { makeControlPlane, type CellCall, type ControlPlane } from "./control-plane.ts";
import { LoadTeller } from "./fleet/cell-load.ts";
import type { MessagingCell } from "./messaging-cell.ts";
import { openConsole, type OpenConsole } from "./console/open-console.ts";
import { phoneSource } from "./console/phones.ts";
import { reportAnswers } from "./edge-reports.ts";
import { watchConsole } from "./watching-metrics.ts";
import { askLimiter, hasAccountLimits, makeLimiter } from "./limits.ts";
import { readVersion } from "./package-folder.ts";
import { metricsMount, watchSystem } from "./metrics.ts";
import { mediaFolder, partsOfKey } from "./node-parts.ts";
import { observe, tellEdge, tracedCell, tracedEdge, watchCertificates, type Observing } from "./observability.ts";
import { openDoor } from "./open-door.ts";
import { numbersOfCell } from "./test-numbers.ts";
import { healthMount } from "./doctor/health-mount.ts";
import { sharedSettings } from "./fleet/shared-settings.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

/** The number of the one cell, which a system of several would give it too. */
const CELL_NUMBER = 1;
const SIMULATOR_DRAIN_MS = 500;
const CONTROL_POOL_SIZE = 3;

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
  /** Signs in the operator to the console, once; `undefined` where nobody is to be given that. */
  readonly consoleUrl: string | undefined;
  close(): Promise<void>;
}

/** Starts everything on one machine. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const shutdown = new Shutdown(options.logger);
  try {
    const { data } = options.settings;
    await mkdir(data, { recursive: true });
    const parts = partsOfKey(await loadMasterKey(data), CELL_NUMBER);
    return await new SystemStart(options, shutdown, parts).run();
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

/** What answers requests. */
interface Served {
  readonly core: CellCore;
  readonly simulator: Simulator | undefined;
  readonly control: ControlPlane;
}

/** What is told of what was answered. */
interface Watched {
  readonly certificates: { readonly name: string; readonly endsMs: number }[];
  readonly onAnswer: (answered: Answered) => void;
  readonly onEdgeAnswer: (record: AccessRecord) => void;
}

/** What follows from the master key. */
type KeyParts = ReturnType<typeof partsOfKey>;

class SystemStart {
  private readonly options: SystemOptions;
  private readonly shutdown: Shutdown;
  private readonly parts: KeyParts;
  private publicUrl = "";
  private readonly metrics = new Metrics();
  private observing: Observing | undefined;
  private gossip: GossipView | undefined;
  private server: HttpServer | undefined;
  private pipeline: Pipeline | undefined;
  private console: OpenConsole | undefined;

  constructor(options: SystemOptions, shutdown: Shutdown, parts: KeyParts) {
    this.options = options;
    this.shutdown = shutdown;
    this.parts = parts;
  }

  async run(): Promise<RunningSystem> {
    const { settings, logger, progress } = this.options;
    const { shutdown, parts } = this;
    const { minter, secrets } = parts;
    const { metrics } = this;
    const observing = observe({ settings, logger, shutdown, metrics, name: FIRST_CELL, role: "all" });
    this.observing = observing;
    const log = await lockCellLog({ settings, logger, shutdown, metrics }, FIRST_CELL);
    await this.probePorts();
    const { database, controlDatabase } = await this.openDatabases();
    const simulator = await this.startSimulator();
    const operator: { accountSid?: string } = {};
    const control = this.controlPlane(controlDatabase, () => operator.accountSid);
    await migrate(controlDatabase, control.migrations);
    const core = await startCellCore({
      name: FIRST_CELL,
      settings,
      log,
      database,
      mediaFolder: mediaFolder(settings.data, FIRST_CELL, true),
      secrets,
      minter,
      fleetKey: parts.fleetKey,
      cellNumber: CELL_NUMBER,
      pool: control.numberPool.forCell({ name: FIRST_CELL, region: settings.region }),
      carriers: settings.carriers.length > 0 ? settings.carriers : this.simulated(simulator?.port),
      numbers: numbersOfCell(settings, CELL_NUMBER),
      isOperatorHome: true,
      publicUrl: () => this.publicUrl,
      observing,
      onSessionsEnded: (sids) => this.console?.endSessions(sids),
      logger,
      progress,
      shutdown,
    });
    const { cell, from } = core;
    const account = present(core.account, "the operator is at home in the only cell");
    operator.accountSid = account.accountSid;
    this.console = this.makeConsole({ core, simulator: simulator?.simulator, control }, account.accountSid);
    const front = await this.serve({ core, simulator: simulator?.simulator, control });
    shutdown.add("console", () => this.console?.close());
    const { type, tier } = settings.cell;
    const address = { host: "127.0.0.1", port: Number(new URL(front.baseUrl).port) };
    const { region } = settings;
    await control.start({ name: FIRST_CELL, number: CELL_NUMBER, type, tier, region, address, state: "open" });
    shutdown.add("control plane", () => control.close());
    const consoleUrl = await this.consoleUrl(core, account.accountSid, front.baseUrl);
    const system = { ...front, account, from, simulator: simulator?.simulator, cell, consoleUrl };
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

  /** The routing table has a database of its own where there can be one, so that the system can grow into several processes. */
  private async openDatabases(): Promise<{ database: PooledDatabase; controlDatabase: PooledDatabase }> {
    const { settings, progress, onFatal } = this.options;
    const step = progress.step("PostgreSQL");
    let url = settings.databaseUrl;
    let controlUrl = settings.controlDatabaseUrl;
    if (url === undefined) {
      const postgres = await startEmbeddedPostgres({
        folder: join(settings.data, "postgres"),
        onProgress: (line) => progress.note(line),
        onUnexpectedExit: (reason) => onFatal(`PostgreSQL ended by itself (${reason})`),
      });
      this.shutdown.add("PostgreSQL", () => postgres.stop());
      url = await postgres.database(CELL_DATABASE);
      controlUrl ??= await postgres.database(CONTROL_DATABASE);
    }
    const database = openDatabase({ url: String(url), poolSize: 10 });
    this.shutdown.add("database connections", () => database.close());
    await database.query("select 1");
    const controlDatabase = controlUrl === undefined ? database : this.openControlDatabase(String(controlUrl));
    step.done();
    return { database, controlDatabase };
  }

  private openControlDatabase(url: string): PooledDatabase {
    const database = openDatabase({ url, poolSize: CONTROL_POOL_SIZE });
    this.shutdown.add("connections to the routing table", () => database.close());
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

  /** The control plane of a system of one cell: its requests cross no socket. */
  private controlPlane(database: PooledDatabase, operatorSid: () => string | undefined): ControlPlane {
    const { logger } = this.options;
    const { fleetKey, hints } = this.parts;
    const gossip = new MemoryGossip({ clock: systemClock }).join({ id: FIRST_CELL, role: "cell" });
    this.gossip = gossip;
    const callCell: CellCall = async ({ name }, { method, target, json }) => {
      // One that was only written down: what is made for it here would be lost to it.
      if (name !== FIRST_CELL) throw new Error(`${name} does not run in this process`);
      const body = json === undefined ? "" : JSON.stringify(json);
      const signature = fleetKey.sign({ method, target, body }, systemClock.nowMs());
      const headers = { [FLEET_SIGNATURE_HEADER]: signature };
      const server = present(this.server, "the control plane is asked by requests");
      const answer = await server.inject({ method, url: target, headers, body });
      return { status: answer.status, json: JSON.parse(answer.body) as unknown };
    };
    return makeControlPlane({
      operatorSid,
      database,
      gossip,
      fleetKey,
      hints,
      clock: systemClock,
      logger,
      callCell,
      dataFolder: this.options.settings.data,
      chaos: this.options.settings.console.chaos,
    });
  }

  /** The console of a system of one cell: what it asks crosses no socket. */
  private makeConsole({ core, simulator, control }: Served, operatorSid: string): OpenConsole {
    const { settings, logger } = this.options;
    const { fleetKey } = this.parts;
    const send = (request: HttpRequest): Promise<HttpResponse> =>
      present(this.pipeline, "requests come after the start").handle(request);
    return openConsole({
      settings,
      logger,
      fleetKey,
      name: "trunkline",
      asker: {
        cells: () => [FIRST_CELL],
        homeOf: async (sid) => ((await core.accounts.directory.status(sid)) === undefined ? undefined : FIRST_CELL),
        post: (_, target, json) => this.askOwnCell(target, json),
      },
      cellsOf: () => [FIRST_CELL],
      askLive: (_, asks) => core.live.answer(asks),
      fleet: () => control.fleet(),
      sources: simulator === undefined ? [] : [phoneSource(simulator, () => operatorSid)],
      send,
      simulator: simulator === undefined ? undefined : send,
      isOperator: (sid) => sid === operatorSid,
      isFleet: false,
    });
  }

  /** The link that is printed at start, where that is wanted. */
  private async consoleUrl(core: CellCore, operatorSid: string, baseUrl: string): Promise<string | undefined> {
    const { enabled, startLink } = this.options.settings.console;
    return enabled && startLink ? core.console.startLink(operatorSid, baseUrl) : undefined;
  }

  /** A signed request to the cell in this process; 404 is `undefined`. */
  private async askOwnCell(target: string, json: unknown): Promise<unknown> {
    const body = JSON.stringify(json);
    const signed = this.parts.fleetKey.sign({ method: "POST", target, body }, systemClock.nowMs());
    const headers = { "content-type": "application/json", [FLEET_SIGNATURE_HEADER]: signed };
    const server = present(this.server, "the console is asked by requests");
    const answer = await server.inject({ method: "POST", url: target, headers, body });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`${FIRST_CELL} answers ${answer.status} to ${target}: ${answer.body}`);
    return JSON.parse(answer.body) as unknown;
  }

  private async serve(served: Served) {
    const { settings, logger, progress } = this.options;
    const { shutdown } = this;
    const { links } = served.core.cell.modules;
    const step = progress.step("API");
    const watched = this.watch(served.core);
    const server = this.makeServer(served, watched);
    this.server = server;
    const certificates = links.contexts;
    const { authority, baseUrl, tlsUrl } = await openDoor({ settings, logger, server, certificates, shutdown });
    watched.certificates.push({ name: "authority", endsMs: authority.validUntilMs });
    watchCertificates(this.metrics, () => watched.certificates);
    this.publicUrl = settings.publicUrl === undefined ? baseUrl : String(settings.publicUrl).replace(/\/$/, "");
    step.done(`ready on ${baseUrl}`);
    return { authority, baseUrl, tlsUrl };
  }

  /** Begins to count what is answered. */
  private watch({ cell, requests }: CellCore): Watched {
    const { settings, logger } = this.options;
    const { shutdown, metrics } = this;
    const { tier } = settings.cell;
    const { tracing } = this.observed;
    const own = addProcessMetrics(metrics);
    shutdown.add("metrics", () => own.stop());
    const watchCell = watchSystem(metrics, cell);
    watchConsole(metrics, () => present(this.console, "the console is made").load());
    const load = new LoadTeller(present(this.gossip, "the control plane is made"), systemClock, cell);
    load.start();
    shutdown.add("load", () => load.stop());
    const send = async (report: Omit<EdgeBinsRecord, "kind">): Promise<void> => {
      const record: EdgeBinsRecord = { kind: "insights.edge-bins", ...report };
      await cell.cell.commit(record, "progress");
    };
    const report = reportAnswers({ name: "trunkline", tierOf: () => tier, send, logger, shutdown });
    const watchEdge = tellEdge(this.observed, () => tier);
    return {
      certificates: [],
      onAnswer: (answered) => {
        load.count();
        requests?.record(answered);
        watchCell(answered);
        tracing?.requests.answered(answered);
      },
      onEdgeAnswer: (record) => {
        watchEdge(record);
        report(record);
      },
    };
  }

  private get observed(): Observing {
    return present(this.observing, "the system is watched");
  }

  private makeServer(served: Served, watched: Watched): HttpServer {
    const { logger, onFatal } = this.options;
    const { core, control } = served;
    const { accounts, cell } = core;
    const tickets = new Tickets(this.parts.fleetKey, systemClock);
    return new HttpServer({
      clock: systemClock,
      logger,
      minter: this.parts.minter,
      authenticator: ticketAuthenticator({
        authenticator: accounts.authenticator,
        tickets,
        directory: accounts.directory,
      }),
      routes: [...routesOf(core), ...control.routes],
      mounts: this.mountsOf(served, watched),
      around: cell.around,
      onAnswer: watched.onAnswer,
      onBug: (error) => onFatal(error.message),
      through: (dispatcher) => {
        this.pipeline = this.makePipeline(core, watched, { dispatcher, tickets });
        return tracedEdge(this.observed.tracing, this.pipeline);
      },
    });
  }

  private mountsOf({ core, simulator, control }: Served, { certificates }: Watched): readonly Mount[] {
    const { settings } = this.options;
    const { accounts, cell } = core;
    return [
      ...control.mounts,
      ...(settings.console.enabled ? present(this.console, "the console is made").mounts : []),
      ...core.console.internalMounts(),
      ...accounts.internalMounts(this.parts.fleetKey),
      ...healthRoutes({ ready: () => readiness(cell) }),
      metricsMount(this.metrics),
      healthMount({
        name: FIRST_CELL,
        version: readVersion(),
        configHash: sharedSettings(settings).root,
        cell,
        database: core.database,
        clock: systemClock,
        folders: { data: settings.data },
        isOperator: (sid) => sid === core.account?.accountSid,
        certificates: () => certificates,
      }),
      ...cell.messaging.carrierMounts(),
      ...mountsOf(core),
      ...(simulator === undefined ? [] : simulatorMounts(simulator)),
    ];
  }

  private makePipeline(
    { accounts, cell }: CellCore,
    { onEdgeAnswer }: Watched,
    { dispatcher, tickets }: { readonly dispatcher: RequestAnswerer; readonly tickets: Tickets },
  ): Pipeline {
    const { settings, logger, onFatal } = this.options;
    const { fleetKey, minter } = this.parts;
    const limiter = makeLimiter({ settings, fleetKey, clock: systemClock });
    // The API authenticates. Here it has to be known only where accounts have limits.
    const isKnown = hasAccountLimits(settings);
    return new Pipeline({
      clock: systemClock,
      logger,
      minter,
      authenticator: isKnown ? edgeTicketAuthenticator(accounts.authenticator, tickets) : undefined,
      limits: askLimiter(limiter),
      tierOf: () => settings.cell.tier,
      links: cell.modules.links,
      destination: new InProcess(tracedCell(this.observed.tracing, "internal", cell.through(dispatcher))),
      onAnswer: onEdgeAnswer,
      onBug: (error) => onFatal(error.message),
    });
  }
}

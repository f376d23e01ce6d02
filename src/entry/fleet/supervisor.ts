import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureDatabase, startEmbeddedPostgres } from "../../adapters/postgres/index.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { present } from "../../kernel/assert.ts";
import type { Progress } from "../../platform/cli/index.ts";
import { FleetKey } from "../../platform/fleet/index.ts";
import { errorFields } from "../../platform/logging/index.ts";
import type { Logger } from "../../platform/ports.ts";
import { loadMasterKey } from "../../platform/secrets/index.ts";
import type { ProgramSettings } from "../carriers.ts";
import { FIRST_CELL } from "../cell-core.ts";
import { readRunFile, removeRunFile, writeRunFile } from "../run-file.ts";
import { signInLink } from "../console/sign-in-link.ts";
import { Shutdown } from "../shutdown.ts";
import { StartFailure } from "../start-failure.ts";
import { numbersOfCell } from "../test-numbers.ts";
import { Child, type ChildPlan } from "./child.ts";
import { CELL_DATABASE, CONTROL_DATABASE, databaseOf } from "./databases.ts";
import { registerCell } from "./register-cell.ts";
import { readFleetFile, writeFleetFile, type FleetFile } from "./fleet-file.ts";
import { choosePorts } from "./free-ports.ts";
import {
  cellEnvironment,
  controlEnvironment,
  edgeEnvironment,
  type FleetEnvironment,
  type Variables,
} from "./node-environment.ts";
import { nextCell, planCells, readWishes, regionsOf, type CellWish, type PlannedCell } from "./plan.ts";
import type { ReadyReport } from "./ready-report.ts";
import { openSupervisorDoor } from "./supervisor-door.ts";

const HOST = "127.0.0.1";
const CONTROL = "control";
/** The name of the process that simulates a carrier. */
export const CARRIER = "simulated-carrier";
/** Its SMPP port stands under a name of its own. */
const CARRIER_SMPP = `${CARRIER}-smpp`;
/** How many processes start at once; they keep the processors of a small machine busy. */
const STARTS_AT_ONCE = 2;
/** Numbers of which the simulated carrier is told whose they are; a command line has an end. */
const MAX_LEASES = 1_000;

export interface SupervisorOptions {
  readonly settings: ProgramSettings;
  /** What was typed behind `up`, to be handed on. */
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly logger: Logger;
  readonly logFormat: "pretty" | "json";
  readonly progress: Progress;
  /** A line that one of the processes wrote. */
  readonly onLine: (name: string, line: string) => void;
  readonly onFatal: (reason: string) => void;
}

/** A process of the system, for people. */
export interface NodeStatus {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
}

/** A system of several processes on this machine, started and kept running. */
export class Supervisor {
  readonly fleetKey: FleetKey;
  private readonly options: SupervisorOptions;
  private readonly shutdown: Shutdown;
  private readonly children = new Map<string, Child>();
  private readonly reports = new Map<string, ReadyReport>();
  private file: FleetFile;
  private fleet: FleetEnvironment;
  private readonly databaseUrl: (name: string) => Promise<string>;
  private lastChange: Promise<unknown> = Promise.resolve();
  /** Signs in the operator to the console, once; `undefined` where nobody is to be given that. */
  consoleUrl: string | undefined;

  private constructor(
    options: SupervisorOptions,
    made: {
      shutdown: Shutdown;
      fleetKey: FleetKey;
      file: FleetFile;
      fleet: FleetEnvironment;
      databaseUrl: (name: string) => Promise<string>;
    },
  ) {
    this.options = options;
    this.shutdown = made.shutdown;
    this.fleetKey = made.fleetKey;
    this.file = made.file;
    this.fleet = made.fleet;
    this.databaseUrl = made.databaseUrl;
  }

  /** Starts everything. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    const shutdown = new Shutdown(options.logger);
    try {
      const supervisor = await Supervisor.prepare(options, shutdown);
      await supervisor.startAll();
      return supervisor;
    } catch (error) {
      await shutdown.run();
      throw error;
    }
  }

  private static async prepare(options: SupervisorOptions, shutdown: Shutdown): Promise<Supervisor> {
    const { settings, progress, onFatal, logFormat } = options;
    await mkdir(settings.data, { recursive: true });
    const running = await readRunFile(settings.data);
    if (running !== undefined) {
      throw new StartFailure(
        `The data folder ${settings.data} is in use by another Trunkline (process ${running.pid}). ` +
          "Stop that one, or give this one another folder with --data or TRUNKLINE_DATA.",
      );
    }
    const step = progress.step("PostgreSQL");
    const databaseUrl = await openServer({ settings, progress, onFatal, shutdown });
    const controlDatabaseUrl = settings.controlDatabaseUrl ?? (await databaseUrl(CONTROL_DATABASE));
    step.done();
    const masterKey = await loadMasterKey(settings.data);
    const known = await readFleetFile(settings.data);
    const wishes = readWishes(present(settings.cells, "cells are asked for"), settings.regions);
    const cells = planCells(known.cells, wishes, known.removed);
    if (!cells.some(({ name }) => name === FIRST_CELL)) {
      throw new StartFailure(`There must be a messaging cell: start with --cells messaging=1, for example.`);
    }
    const regions = regionsOf(cells, settings.regions);
    const edges = regions.map((region) => `edge-${region}`);
    const names = [CONTROL, CARRIER, CARRIER_SMPP, ...cells.map(({ name }) => name), ...edges];
    const ports = await choosePorts(names, known.ports);
    const isSimulated = settings.simulator.enabled;
    const firstEdge = present(ports[edges[0] ?? ""], "there is an edge");
    const publicPort = settings.port === 0 ? firstEdge.port : settings.port;
    const simulatorPort = settings.simulator.port === 0 ? (ports[CARRIER_SMPP]?.port ?? 0) : settings.simulator.port;
    const file: FleetFile = {
      version: 1,
      cells,
      removed: known.removed,
      ports: { ...ports, [edges[0] ?? ""]: { ...firstEdge, port: publicPort } },
      operatorSid: settings.operatorSid ?? settings.accountSid ?? known.operatorSid,
    };
    const fleet: FleetEnvironment = {
      settings,
      controlDatabaseUrl: String(controlDatabaseUrl),
      publicUrl: settings.publicUrl === undefined ? `http://${HOST}:${publicPort}` : String(settings.publicUrl),
      ...(settings.publicUrl === undefined ? { edgeUrls: urlsOfEdges(regions, file.ports) } : {}),
      seed: `${HOST}:${firstEdge.gossipPort}`,
      operatorSid: file.operatorSid ?? undefined,
      simulatorPort: isSimulated ? simulatorPort : undefined,
      phonesUrl: isSimulated ? `http://${HOST}:${ports[CARRIER]?.port}` : undefined,
      logFormat,
    };
    await writeFleetFile(settings.data, file);
    return new Supervisor(options, { shutdown, fleetKey: new FleetKey(masterKey), file, fleet, databaseUrl });
  }

  get cells(): readonly PlannedCell[] {
    return this.file.cells;
  }

  /** What {@link welcome} says of the system. */
  get welcomed(): { readonly edges: readonly ReadyReport[]; readonly home: ReadyReport } {
    // In the order of the regions: the first edge is the one with the port of the settings, whichever was up first.
    const edges = regionsOf(this.file.cells, this.options.settings.regions)
      .map((region) => this.reports.get(`edge-${region}`))
      .filter((report) => report !== undefined);
    return { edges, home: present(this.reports.get(FIRST_CELL), "the first cell has started") };
  }

  get phonesUrl(): string | undefined {
    return this.fleet.phonesUrl;
  }

  nodes(): readonly NodeStatus[] {
    return [...this.children.values()].map((child) => {
      return { name: child.name, state: child.state, pid: child.pid ?? null, restarts: child.restarts };
    });
  }

  /** Ends a process as a crash would; it is started again. `undefined` where there is none of that name. */
  kill(name: string): { readonly killed: string; readonly pid: number } | undefined {
    const pid = this.children.get(name)?.pid;
    if (pid === undefined) return undefined;
    process.kill(pid, "SIGKILL");
    return { killed: name, pid };
  }

  /** Starts one more cell and makes it known. */
  addCell(wish: CellWish): Promise<PlannedCell> {
    return this.inTurn(async () => {
      const cell = nextCell([...this.file.cells, ...this.file.removed], wish);
      const ports = { ...this.file.ports, ...(await choosePorts([cell.name], {})) };
      this.file = { ...this.file, cells: [...this.file.cells, cell], ports };
      await writeFleetFile(this.options.settings.data, this.file);
      await this.startCell(cell);
      await this.register(cell);
      return cell;
    });
  }

  /** Stops a cell that has no accounts any more. Its data stays in its folder and database. */
  removeCell(name: string): Promise<void> {
    return this.inTurn(async () => {
      const { cells, removed, ports } = this.file;
      const cell = cells.find((one) => one.name === name);
      if (cell === undefined) return;
      await this.children.get(name)?.stop();
      this.children.delete(name);
      this.file = {
        ...this.file,
        cells: cells.filter((one) => one !== cell),
        removed: [...removed, cell],
        ports: Object.fromEntries(Object.entries(ports).filter(([process]) => process !== name)),
      };
      await writeFleetFile(this.options.settings.data, this.file);
    });
  }

  close(): Promise<void> {
    return this.shutdown.run();
  }

  /** One change of the cells after the other: each begins with what the one before has written. */
  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.lastChange.then(change);
    this.lastChange = done.catch(() => undefined);
    return done;
  }

  private async startAll(): Promise<void> {
    const { settings } = this.options;
    // Stopped last of all: the cells hand over what they have before their carrier and their database go.
    this.shutdown.add("processes", () => this.stopChildren());
    if (this.fleet.phonesUrl !== undefined) await this.startCarrier();
    const home = present(
      this.file.cells.find(({ name }) => name === FIRST_CELL),
      "there is a first cell",
    );
    const { account } = await this.startCell(home);
    const operatorSid = present(account, "the operator is at home in the first cell").accountSid;
    this.file = { ...this.file, operatorSid };
    this.fleet = { ...this.fleet, operatorSid };
    await writeFleetFile(settings.data, this.file);
    const others = this.file.cells.filter(({ name }) => name !== FIRST_CELL);
    await inTurns([
      () => this.startNode(CONTROL, controlEnvironment(this.fleet, this.portsOf(CONTROL), home.region)),
      ...others.map((cell) => () => this.startCell(cell)),
    ]);
    for (const cell of this.file.cells) await this.register(cell);
    const regions = regionsOf(this.file.cells, settings.regions);
    await inTurns(regions.map((region, index) => () => this.startEdge(region, index === 0)));
    await this.writeRun();
  }

  private startCarrier(): Promise<ReadyReport> {
    const { port } = this.portsOf(CARRIER);
    const args = ["simulate", "carrier", "--port", String(this.fleet.simulatorPort), "--http-port", String(port)];
    const leases = this.file.cells.flatMap((cell) => {
      const { name, number } = cell;
      const numbers = numbersOfCell({ ...this.options.settings, name }, number);
      return numbers.map((one) => ["--lease", `${one.number}=${name.slice(0, 15)}`]);
    });
    args.push(...leases.slice(0, MAX_LEASES).flat());
    return this.startChild({ name: CARRIER, args, env: { TRUNKLINE_DATA: this.options.settings.data } });
  }

  private async startCell(cell: PlannedCell): Promise<ReadyReport> {
    const ports = this.portsOf(cell.name);
    const databaseUrl = await this.databaseUrl(databaseOf(cell.name));
    return this.startNode(cell.name, cellEnvironment(this.fleet, { cell, ports, databaseUrl }));
  }

  private startEdge(region: string, isFirst: boolean): Promise<ReadyReport> {
    const name = `edge-${region}`;
    const ports = this.portsOf(name);
    return this.startNode(name, edgeEnvironment(this.fleet, { name, region, ports, isFirst }));
  }

  private async startNode(name: string, env: Variables): Promise<ReadyReport> {
    const step = this.options.progress.step(name);
    const role = name === CONTROL ? "control" : name.startsWith("edge-") ? "edge" : "cell";
    const report = await this.startChild({ name, args: [role, ...this.flagsFor(env)], env });
    step.done(`ready on ${report.baseUrl}`);
    return report;
  }

  /** What was typed is typed again for each process, but for what each has of its own. */
  private flagsFor(env: Variables): string[] {
    return Object.entries(this.options.flags).flatMap(([flag, value]) => {
      const variable = `TRUNKLINE_${flag.replaceAll("-", "_").toUpperCase()}`;
      if (variable in env || flag === "regions") return [];
      return typeof value === "string" ? [`--${flag}`, value] : [value ? `--${flag}` : `--no-${flag}`];
    });
  }

  private async startChild(plan: ChildPlan): Promise<ReadyReport> {
    const { logger, onLine } = this.options;
    const child = new Child(plan, {
      clock: systemClock,
      logger,
      onLine,
      onReady: (report) => this.reports.set(plan.name, report),
    });
    this.children.set(plan.name, child);
    try {
      return await child.start();
    } catch (error) {
      throw new StartFailure(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** Tells the control plane of a cell, or of where it is now. */
  private register(cell: PlannedCell): Promise<void> {
    const { baseUrl } = present(this.reports.get(CONTROL), "the control plane has started");
    const address = { host: HOST, port: this.portsOf(cell.name).port };
    return registerCell(baseUrl, this.fleetKey, { ...cell, address, state: "open" });
  }

  private portsOf(name: string): { port: number; gossipPort: number } {
    return present(this.file.ports[name], `${name} has ports`);
  }

  private async stopChildren(): Promise<void> {
    // No new requests first, then everything else at once but for the carrier, to which the others still speak.
    const all = [...this.children.values()];
    const isEdge = (child: Child): boolean => child.name.startsWith("edge-");
    await Promise.all(all.filter(isEdge).map((child) => child.stop()));
    await Promise.all(all.filter((child) => !isEdge(child) && child.name !== CARRIER).map((child) => child.stop()));
    await this.children.get(CARRIER)?.stop();
  }

  /** Says to the other commands where it runs. */
  private async writeRun(): Promise<void> {
    const { settings, logger } = this.options;
    const door = await openSupervisorDoor(this, logger);
    this.shutdown.add("door for the command line", () => door.close());
    const { edges, home } = this.welcomed;
    const edge = present(edges[0], "there is an edge");
    const account = present(home.account, "the operator is at home in the first cell");
    await writeRunFile(settings.data, {
      pid: process.pid,
      baseUrl: edge.baseUrl,
      tlsUrl: edge.tlsUrl ?? null,
      caPath: join(settings.data, "ca", "ca.pem"),
      accountSid: account.accountSid,
      authToken: account.authToken,
      from: home.from ?? null,
      simulator: this.fleet.phonesUrl !== undefined,
      smppPort: home.smppPort ?? null,
      smppTlsPort: home.smppTlsPort ?? null,
      phonesUrl: this.fleet.phonesUrl ?? null,
      supervisorUrl: door.url,
    });
    this.shutdown.add("run file", () => removeRunFile(settings.data));
    const { enabled, startLink } = settings.console;
    if (enabled && startLink) this.consoleUrl = await this.makeConsoleLink(edge.baseUrl, account);
  }

  /** A link to the console. Where it cannot be made, the system runs all the same. */
  private async makeConsoleLink(baseUrl: string, account: NonNullable<ReadyReport["account"]>) {
    try {
      return await signInLink({ baseUrl, ...account });
    } catch (error) {
      this.options.logger.warn("console.no-link", errorFields(error));
      return undefined;
    }
  }
}

function urlsOfEdges(regions: readonly string[], ports: FleetFile["ports"]): Readonly<Record<string, string>> {
  return Object.fromEntries(regions.map((region) => [region, `http://${HOST}:${ports[`edge-${region}`]?.port}`]));
}

async function inTurns(starts: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = [...starts];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, worker));
}

async function openServer(made: {
  settings: ProgramSettings;
  progress: Progress;
  onFatal: (reason: string) => void;
  shutdown: Shutdown;
}): Promise<(name: string) => Promise<string>> {
  const { settings, progress, onFatal, shutdown } = made;
  if (settings.databaseUrl !== undefined) {
    const server = String(settings.databaseUrl);
    // The first cell goes on in the database that was given, where one process alone had its own.
    return (name) => (name === CELL_DATABASE ? Promise.resolve(server) : ensureDatabase(server, name));
  }
  const postgres = await startEmbeddedPostgres({
    folder: join(settings.data, "postgres"),
    onProgress: (line) => progress.note(line),
    onUnexpectedExit: (reason) => onFatal(`PostgreSQL ended by itself (${reason})`),
  });
  shutdown.add("PostgreSQL", () => postgres.stop());
  return (name) => postgres.database(name);
}

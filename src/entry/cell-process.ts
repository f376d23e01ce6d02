import { mkdir } from "node:fs/promises";
import { openDatabase, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { operatorAuthenticator } from "../modules/accounts/index.ts";
import { encodeDescriptor, GOSSIP_DESCRIPTOR } from "../platform/cell-router/index.ts";
import type { CellDescriptor } from "../platform/fleet/index.ts";
import { healthRoutes, HttpServer, type Mount, type Route } from "../platform/http/index.ts";
import { simulatedCarrier } from "./carriers.ts";
import { carrierMounts, cellPath } from "./carrier-mounts.ts";
import { FIRST_CELL, lockCellLog, readiness, startCellCore, type CellCore } from "./cell-core.ts";
import { LoadTeller } from "./fleet/cell-load.ts";
import { joinGossip } from "./fleet/join-gossip.ts";
import { metricsMount, watchAnswers, watchSystem } from "./metrics.ts";
import { mediaFolder, openNodeParts, type NodeParts } from "./node-parts.ts";
import { reportReady } from "./fleet/ready-report.ts";
import type { RoleStart, Running } from "./role-command.ts";
import { StartFailure } from "./start-failure.ts";
import { numbersOfCell } from "./test-numbers.ts";

const POOL_SIZE = 8;
const STOP_GRACE_MS = 2_000;

/** Starts one cell. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
export async function startCell(role: RoleStart): Promise<Running> {
  const { number } = role.settings.cell;
  if (number === undefined) {
    throw new StartFailure("A cell needs a number that no other one has: --cell-number, TRUNKLINE_CELL_NUMBER.");
  }
  const parts = await openNodeParts(role, number);
  try {
    return await new CellStart(role, parts, number).run();
  } catch (error) {
    await parts.shutdown.run();
    throw error;
  }
}

class CellStart {
  private readonly role: RoleStart;
  private readonly parts: NodeParts;
  private readonly number: number;

  constructor(role: RoleStart, parts: NodeParts, number: number) {
    this.role = role;
    this.parts = parts;
    this.number = number;
  }

  async run(): Promise<Running> {
    const { settings } = this.role;
    const { name, shutdown } = this.parts;
    await mkdir(settings.data, { recursive: true });
    const log = await lockCellLog({ ...this.role, shutdown }, name);
    const database = this.openDatabase();
    await database.query("select 1");
    // A type whose products are not there yet is a cell that answers 404 to everything, and says how it is.
    const core = settings.cell.type === "messaging" ? await this.startCore(log, database) : undefined;
    const gossip = await joinGossip(this.role, this.parts, "cell");
    const load = new LoadTeller(gossip, systemClock, core?.cell);
    const server = this.makeServer(core, load);
    const address = await server.listen({ host: settings.host, port: settings.port }).catch((error: unknown) => {
      throw StartFailure.ofListen(error, { port: settings.port, setting: "port" });
    });
    shutdown.add("door for edges", () => server.close(STOP_GRACE_MS));
    gossip.set(GOSSIP_DESCRIPTOR, encodeDescriptor(this.descriptor(address.port)));
    load.start();
    shutdown.add("load", () => load.stop());
    const baseUrl = `http://${address.host}:${address.port}`;
    const smpp = core?.cell.smppPorts;
    reportReady({
      kind: "ready",
      name,
      baseUrl,
      account: core?.account,
      from: core?.from,
      smppPort: smpp?.port,
      smppTlsPort: smpp?.tlsPort,
    });
    return { close: () => shutdown.run() };
  }

  /** What this cell says of itself. */
  private descriptor(port: number): CellDescriptor {
    const { settings } = this.role;
    const { type, tier } = settings.cell;
    const address = { host: settings.advertise ?? settings.host, port };
    return { name: this.parts.name, number: this.number, type, tier, region: settings.region, address, state: "open" };
  }

  private openDatabase(): PooledDatabase {
    const url = this.role.settings.databaseUrl;
    if (url === undefined) throw new StartFailure("A cell needs a database of its own: give it with databaseUrl.");
    const database = openDatabase({ url: String(url), poolSize: POOL_SIZE });
    this.parts.shutdown.add("database connections", () => database.close());
    return database;
  }

  private startCore(log: Awaited<ReturnType<typeof lockCellLog>>, database: PooledDatabase): Promise<CellCore> {
    const { settings } = this.role;
    const { name, shutdown, secrets, minter } = this.parts;
    const { enabled, port } = settings.simulator;
    const simulated = enabled ? [simulatedCarrier(port, name.slice(0, 15))] : [];
    const publicUrl = String(settings.publicUrl ?? `http://${settings.host}:${settings.port}`).replace(/\/$/, "");
    return startCellCore({
      ...this.role,
      name,
      log,
      database,
      mediaFolder: mediaFolder(settings.data, name, name === FIRST_CELL),
      secrets,
      minter,
      carriers: settings.carriers.length > 0 ? settings.carriers : simulated,
      numbers: numbersOfCell(settings, this.number),
      isOperatorHome: name === FIRST_CELL,
      publicUrl: () => publicUrl,
      carrierPath: cellPath(name),
      shutdown,
    });
  }

  private makeServer(core: CellCore | undefined, load: LoadTeller): HttpServer {
    const { logger, onFatal, settings } = this.role;
    const { metrics, minter, fleetKey } = this.parts;
    const watch = core === undefined ? watchAnswers(metrics) : watchSystem(metrics, core.cell);
    const routes: readonly Route[] =
      core === undefined ? [] : [...core.accounts.routes, ...core.numbers.routes, ...core.cell.routes];
    const mounts: Mount[] = [
      ...healthRoutes({ ready: () => (core === undefined ? [] : readiness(core.cell)) }),
      metricsMount(metrics),
      ...(core === undefined ? [] : carrierMounts(core.carriers, cellPath(this.parts.name))),
      ...(core === undefined ? [] : core.accounts.internalMounts(fleetKey)),
    ];
    return new HttpServer({
      clock: systemClock,
      logger,
      minter,
      authenticator: operatorAuthenticator({
        authenticator: core?.accounts.authenticator ?? { authenticate: () => Promise.resolve(undefined) },
        fleetKey,
        clock: systemClock,
        operatorSid: () => settings.operatorSid ?? core?.account?.accountSid,
      }),
      routes,
      mounts,
      onAnswer: (answered) => {
        load.count();
        watch(answered);
      },
      onBug: (error) => onFatal(error.message),
    });
  }
}

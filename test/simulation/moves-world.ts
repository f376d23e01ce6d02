/** Two messaging cells and a control plane in one process, over three databases, of which each part can be killed. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ManualClock, MemoryBlobStore } from "../../src/adapters/memory/index.ts";
import { migrate } from "../../src/adapters/postgres/index.ts";
import { AppError } from "../../src/kernel/errors.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { accountsModule, type AccountsModule } from "../../src/modules/accounts/index.ts";
import { esmeModule } from "../../src/modules/esme/index.ts";
import { messagingModule, type MessagingModule } from "../../src/modules/messaging/index.ts";
import { monitorModule } from "../../src/modules/monitor/index.ts";
import {
  cellMoves,
  idempotencyMovable,
  movesModule,
  webhookMovable,
  type CellCaller,
  type CellMoves,
  type HomeMove,
  type Homes,
  type Move,
} from "../../src/modules/moves/index.ts";
import { moveDefaults, Mover } from "../../src/modules/moves/mover.ts";
import { openMoves } from "../../src/modules/moves/move.store.ts";
import { numbersModule, type NumbersModule } from "../../src/modules/numbers/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../../src/platform/cell/index.ts";
import { HomeGate, INTERNAL_PREFIX, type CellDescriptor, type Home } from "../../src/platform/fleet/index.ts";
import { Dispatcher, type HttpResponse, type RequestAnswerer } from "../../src/platform/http/index.ts";
import { idempotency, KeyBook } from "../../src/platform/idempotency/index.ts";
import type { Row } from "../../src/platform/ports.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import { webhookMachine, WebhookState } from "../../src/platform/webhooks/index.ts";
import { memoryDisk, openMemoryLog, seeded, settle, type SimulatedFiles } from "../kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { emptyDatabase, routerOf } from "../kit/routes.ts";
import { ScriptedCarrier } from "../kit/scripted-carrier.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { ProcessDatabase, type CellExtension, type Extend } from "./moves-process.ts";

export type { CellExtension, Extend, ExtensionPorts } from "./moves-process.ts";

export const OPERATOR = `AC${"0".repeat(32)}`;
export const TOKEN = "f".repeat(32);
export const NUMBER = "+15005550100";
export const SHORT_CODE = "55501";
const PICTURE = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const MASTER = new Uint8Array(32).fill(7);
const STEP = /^\/trunkline\/internal\/v1\/moves\/([^/]+)\/([^/]+)$/;

/** What lives and dies with the process of a cell. */
interface Life {
  readonly clock: ManualClock;
  readonly database: ProcessDatabase;
  readonly gate: HomeGate;
  readonly accounts: AccountsModule;
  readonly numbers: NumbersModule;
  readonly messaging: MessagingModule;
  readonly moves: CellMoves;
  readonly webhooks: WebhookState;
  readonly cell: Cell;
  readonly projection: Projection;
  readonly extension: CellExtension | undefined;
  readonly answerer: RequestAnswerer;
  /** Rejects when the process is killed. */
  readonly death: Promise<never>;
  readonly die: () => void;
}

/** One cell: its database, disk and carrier outlive its process. */
export class CellWorld {
  readonly name: string;
  readonly carrier: ScriptedCarrier;
  readonly postgres: TestPostgres;
  life: Life | undefined;
  private readonly world: MovesWorld;
  private readonly blobs = new MemoryBlobStore();
  private files: SimulatedFiles;

  constructor(world: MovesWorld, name: string, postgres: TestPostgres) {
    this.world = world;
    this.name = name;
    this.postgres = postgres;
    this.carrier = new ScriptedCarrier(`${name}-carrier`);
    this.files = memoryDisk(world.seed);
  }

  get alive(): Life {
    assert.ok(this.life !== undefined, `${this.name} runs`);
    return this.life;
  }

  /** Starts the cell's process on its disk and database as they are. */
  async open(): Promise<void> {
    const { world, name, carrier, blobs } = this;
    const clock = new ManualClock(world.nowMs);
    const database = new ProcessDatabase(this.postgres.database);
    const ports = { database, clock, logger: silentLogger };
    const mintSid = (prefix: string): string => world.minter.mint(prefix);
    const secrets = new SecretBox(MASTER);
    const gate = new HomeGate({ clock });
    const caller: CellCaller = { call: (to, _method, path, json) => world.call(to, path, json, name) };
    const accounts = accountsModule({ ...ports, mintSid, randomBytes, secrets });
    const numbers = numbersModule({ ...ports, mintSid, accountStatus: (sid) => accounts.directory.status(sid) });
    const late: { cell?: Cell; projection?: Projection } = {};
    const theCell = (): Cell => late.cell as Cell;
    const common = { name, clock, database, gate, accounts, numbers, secrets, mintSid, cell: theCell };
    const extension = await world.extend?.(common);
    const messaging = messagingModule({
      ...ports,
      blobs,
      numbers: numbers.directory,
      carriers: [carrier],
      mintSid,
      fetchUrl: () => Promise.resolve({ status: 200, contentType: "image/png", body: PICTURE }),
      accountStatus: (sid) => accounts.directory.status(sid),
      publicUrl: () => "https://sms.example.org",
      callbackEvents: "all",
      router: await routerOf([carrier], clock),
      isOperator: (sid) => sid === OPERATOR,
      accepts: (sid) => gate.accepts(sid),
      textRouting: {
        placeOf: (address) => gate.placeOfText(address),
        send: (to, texts) => caller.call(to, "POST", `${INTERNAL_PREFIX}/inbound`, { texts }),
      },
      ...extension?.messaging,
    });
    const monitor = monitorModule({ ...ports, cell: name });
    const webhooks = new WebhookState();
    const webhooksMachine = webhookMachine(webhooks, { queued: () => undefined, recovered: () => undefined });
    const keys = new KeyBook();
    const esme = esmeModule({
      ...ports,
      net: undefined as never,
      mintSid,
      randomBytes,
      secrets,
      authenticator: accounts.authenticator,
      accounts: accounts.directory,
      messaging: () => messaging.deps,
      maxBindsPerAccount: 10,
      limits: { fallbackAfterMs: 1_000, maxAgeMs: 10_000 },
      server: undefined,
    });
    const moves = cellMoves({
      ...ports,
      blobs,
      gate,
      movables: [
        accounts.movable,
        numbers.movable,
        messaging.movable,
        monitor.movable,
        esme.movable,
        webhookMovable(webhooks),
        idempotencyMovable(keys, { cell: theCell, clock }),
        ...(extension?.movables ?? []),
      ],
      caller,
      flush: () => (late.projection as Projection).flush(),
      isOperator: (sid) => sid === OPERATOR,
    });
    await migrate(this.postgres.database, [
      projectionMigration,
      ...accounts.migrations,
      ...numbers.migrations,
      ...messaging.migrations,
      ...monitor.migrations,
      ...esme.migrations,
      ...moves.migrations,
      ...(extension?.migrations ?? []),
    ]);
    await accounts.ensureFirstAccount({ accountSid: OPERATOR, authToken: TOKEN });
    await numbers.syncInventory({ numbers: [] });
    await this.postgres.database.query(
      `insert into phone_numbers (number, country, kind, sms, mms, voice, configured)
       select number, 'US', 'local', true, true, true, true from unnest($1::text[]) as n (number) on conflict do nothing`,
      [[NUMBER, "+15005550199"]],
    );
    const cell = new Cell({
      name,
      clock,
      logger: silentLogger,
      log: await openMemoryLog(this.files, clock),
      machines: [
        ...messaging.machines,
        webhooksMachine,
        ...[monitor, esme, keys].map(({ machine }) => machine),
        ...(extension?.machines ?? []),
      ],
      projectedOffsets: await readProjectedOffsets(database, name),
    });
    late.cell = cell;
    messaging.attach(cell);
    esme.attach(cell);
    extension?.attach(cell);
    await numbers.directory.reload();
    await extension?.open();
    await cell.recover();
    const projection = new Projection({
      cell,
      ...ports,
      tables: [...messaging.projections, ...monitor.projections, ...(extension?.projections ?? [])],
    });
    late.projection = projection;
    await moves.load();
    projection.start();
    messaging.start();
    await extension?.start();
    const dispatcher = new Dispatcher({
      clock,
      logger: silentLogger,
      minter: world.minter,
      authenticator: accounts.authenticator,
      routes: [accounts, numbers, messaging, monitor, ...(extension === undefined ? [] : [extension])].flatMap(
        ({ routes }) => routes,
      ),
      around: [
        idempotency({ keys, cell: theCell, secrets, clock, logger: silentLogger }),
        ...(extension?.around ?? []),
      ],
    });
    const gated: RequestAnswerer = {
      dispatch: (request) => gate.run(request, (admitted) => dispatcher.dispatch(admitted)),
      reject: (request, error) => dispatcher.reject(request, error),
    };
    let die = (): void => undefined;
    const death = new Promise<never>((_, reject) => {
      die = () => reject(new Error(`${name} was killed`));
    });
    death.catch(() => undefined);
    const parts = {
      clock,
      database,
      gate,
      accounts,
      numbers,
      messaging,
      moves,
      webhooks,
      cell,
      projection,
      extension,
      answerer: extension?.through(gated) ?? gated,
    };
    this.life = { ...parts, death, die };
  }

  /** The process is killed: what was not durable is lost, and nothing more comes of it. */
  async kill(): Promise<void> {
    const { life } = this;
    if (life === undefined) return;
    this.life = undefined;
    life.database.isDead = true;
    life.die();
    this.files.crashed = true;
    await settle(4);
    this.files = this.files.afterKill();
    this.carrier.cut();
    await life.extension?.close().catch(() => undefined);
  }

  /** A request at the cell's door. Rejects when the process is not there, or dies before it has answered. */
  async request(
    method: string,
    target: string,
    input: {
      readonly user: string;
      readonly password: string;
      readonly form?: Record<string, string> | URLSearchParams;
      readonly key?: string;
      readonly json?: unknown;
      /** `api.twilio.com` unless given. */
      readonly host?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<HttpResponse> {
    const { life } = this;
    if (life === undefined) throw new Error(`${this.name} does not answer`);
    const { json, form = {}, host = "api.twilio.com" } = input;
    const body = Buffer.from(json === undefined ? new URLSearchParams(form).toString() : JSON.stringify(json), "utf8");
    const answering = life.answerer.dispatch({
      method,
      target,
      headers: {
        host,
        authorization: `Basic ${Buffer.from(`${input.user}:${input.password}`).toString("base64")}`,
        "content-type": json === undefined ? "application/x-www-form-urlencoded" : "application/json",
        ...(input.key === undefined ? {} : { "idempotency-key": input.key }),
        ...input.headers,
      },
      scheme: "https",
      peer: "",
      readBody: () => Promise.resolve(body),
    });
    const response = await Promise.race([answering, life.death]);
    if (this.life !== life) throw new Error("the process was killed before it answered");
    return response;
  }

  /** Rows of a table that belong to accounts. */
  async rows(table: string, accountSids: readonly string[]): Promise<Row[]> {
    const column = table === "accounts" ? "sid" : "account_sid";
    return this.postgres.database.query(`select * from ${table} where ${column} = any($1) order by 1`, [accountSids]);
  }
}

/** The body of an answer that is text. */
export function textOf({ body }: HttpResponse): string {
  assert.ok(typeof body === "string" || body === undefined);
  return body ?? "";
}

/** The moment of a call at which something happens to one of the processes. */
export interface CallFault {
  readonly moment: "before" | "after";
  readonly victim: "caller" | "callee";
}

/** Thrown in a mover that was killed. */
export class Killed extends Error {}

export class MovesWorld {
  readonly seed: number;
  readonly minter: SidMinter;
  readonly random: () => number;
  readonly cells = new Map<string, CellWorld>();
  /** The routing table: survives everything. */
  readonly homes = new Map<string, Home>();
  /** Asked before each call between processes; what it returns is done. */
  plan: (to: string, path: string, from: string) => CallFault | undefined = () => undefined;
  nowMs = Date.UTC(2026, 0, 31, 12);
  private control: TestPostgres | undefined;
  private controlDatabase: ProcessDatabase | undefined;
  mover: Mover | undefined;

  readonly extend: Extend | undefined;

  private constructor(seed: number, extend: Extend | undefined) {
    this.seed = seed;
    this.extend = extend;
    this.random = seeded(seed);
    this.minter = new SidMinter(
      () => this.nowMs,
      (count) => Uint8Array.from({ length: count }, () => Math.floor(this.random() * 256)),
    );
  }

  static async start(seed = 1, extend?: Extend): Promise<MovesWorld> {
    const world = new MovesWorld(seed, extend);
    for (const name of ["messaging-1", "messaging-2"]) {
      const cell = new CellWorld(world, name, await startTestPostgres());
      world.cells.set(name, cell);
      await cell.open();
    }
    world.control = await startTestPostgres();
    const module = movesModule({
      ...world.controlPorts(),
      isOperator: () => true,
    });
    await migrate(world.control.database, module.migrations);
    world.openMover();
    return world;
  }

  cell(name: string): CellWorld {
    const cell = this.cells.get(name);
    assert.ok(cell !== undefined, name);
    return cell;
  }

  private controlPorts() {
    assert.ok(this.control !== undefined);
    this.controlDatabase = new ProcessDatabase(this.control.database);
    return {
      database: this.controlDatabase,
      clock: new ManualClock(this.nowMs),
      logger: silentLogger,
      mintSid: (prefix: string) => this.minter.mint(prefix),
      caller: {
        call: (cell: string, _method: string, path: string, json: unknown) => this.call(cell, path, json, "control"),
      },
      homes: this.homesPort(this.controlDatabase),
      isOperator: () => true,
    };
  }

  private clock: ManualClock | undefined;

  openMover(): void {
    const ports = this.controlPorts();
    this.clock = ports.clock;
    this.mover = new Mover({ ...ports, limits: moveDefaults });
  }

  killMover(): void {
    if (this.controlDatabase !== undefined) this.controlDatabase.isDead = true;
    this.mover = undefined;
  }

  private homesPort(database: ProcessDatabase): Homes {
    const descriptor = (name: string): CellDescriptor | undefined =>
      this.cells.has(name)
        ? {
            name,
            number: Number(name.slice(-1)),
            type: "messaging",
            tier: "smb",
            region: "us1",
            address: { host: "127.0.0.1", port: 1 },
            state: "open",
          }
        : undefined;
    return {
      find: (sid) => Promise.resolve(this.homes.get(sid)),
      cell: (name) => Promise.resolve(descriptor(name)),
      place: ({ name }) => Promise.resolve(descriptor([...this.cells.keys()].find((other) => other !== name) ?? "")),
      move: ({ keys, from, to, epoch }: HomeMove) => {
        if (database.isDead) return Promise.reject(new Error("the process was killed"));
        const moving = keys.filter((key) => {
          const { cell, epoch: before } = this.homes.get(key) ?? { cell: from, epoch: 0 };
          if (cell === to && before === epoch) return false;
          if (cell !== from || before >= epoch)
            throw new AppError({ code: 20409, status: 409, fault: "caller", retry: "never", message: "elsewhere" });
          return true;
        });
        const fault = this.plan("homes", "/homes", "control");
        if (fault !== undefined) this.killMover();
        if (fault?.moment === "before") return Promise.reject(new Killed("the mover was killed"));
        for (const key of moving) this.homes.set(key, { cell: to, epoch });
        return fault === undefined ? Promise.resolve() : Promise.reject(new Killed("the mover was killed"));
      },
    };
  }

  /** A call of one process to another one, as JSON. */
  async call(to: string, path: string, json: unknown, from: string): Promise<unknown> {
    const fault = this.plan(to, path, from);
    if (fault?.moment === "before") await this.strike(fault, from, to);
    const life = this.cell(to).life;
    if (life === undefined) throw new Error(`${to} does not answer`);
    if (from !== "control" && this.cells.get(from)?.life === undefined) throw new Killed(`${from} was killed`);
    const sender = this.cells.get(from)?.life;
    const body = JSON.parse(JSON.stringify(json)) as unknown;
    const [, sid = "", step = ""] = STEP.exec(path) ?? [];
    const work =
      step === ""
        ? life.messaging.takeTexts(body)
        : life.moves.endpoints[0]?.run({ path: { sid, step }, query: "", json: body });
    const answer = await Promise.race([work, life.death, ...(sender === undefined ? [] : [sender.death])]);
    if (fault?.moment === "after") await this.strike(fault, from, to);
    if (this.cell(to).life !== life) throw new Error(`${to} died before it answered`);
    if (from !== "control" && this.cells.get(from)?.life !== sender) throw new Killed(`${from} was killed`);
    return JSON.parse(JSON.stringify(answer)) as unknown;
  }

  private async strike({ victim }: CallFault, from: string, to: string): Promise<void> {
    const name = victim === "caller" ? from : to;
    if (name === "control") {
      this.killMover();
      throw new Killed("the mover was killed");
    }
    await this.cell(name).kill();
    if (victim === "caller") throw new Killed(`${name} was killed`);
  }

  /** Lets time pass in every process, and what follows from it come to rest. */
  async advance(ms: number): Promise<void> {
    this.nowMs += ms;
    this.clock?.advance(ms);
    for (const { life } of this.cells.values()) life?.clock.advance(ms);
    await this.rest();
  }

  /** Waits for everything that waits for a database. */
  async rest(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      await settle(4);
      const isBusy = [...this.cells.values()].some(({ life }) => (life?.database.pending ?? 0) > 0);
      calm = isBusy ? 0 : calm + 1;
      if (isBusy) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Begins a move as the operator would. */
  async begin(accountSid: string, to: string): Promise<Move> {
    const module = movesModule({ ...this.controlPorts(), isOperator: () => true });
    const move = await module.begin({ accountSid, to });
    await module.close();
    this.openMover();
    return move;
  }

  /** Calls a move off as the operator would. Resolves to whether it was not too late. */
  async cancel(sid: string): Promise<boolean> {
    const module = movesModule({ ...this.controlPorts(), isOperator: () => true });
    const isCanceled = await module.cancel(sid).then(
      () => true,
      () => false,
    );
    await module.close();
    this.openMover();
    return isCanceled;
  }

  /** The move of an account that is under way. */
  async open(): Promise<Move | undefined> {
    return (await openMoves(this.control?.database ?? emptyDatabase, 10))[0];
  }

  async find(sid: string): Promise<Row | undefined> {
    const rows = await this.control?.database.query("select * from moves where sid = $1", [sid]);
    return rows?.[0];
  }

  /** One step of the mover, if it is there. Resolves to how long it wants to wait. */
  async step(): Promise<number> {
    const move = await this.open();
    const { mover } = this;
    if (move === undefined || mover === undefined) return 0;
    const { waitMs } = await mover.advance(move);
    return waitMs;
  }

  async close(): Promise<void> {
    for (const cell of this.cells.values()) {
      await cell.kill();
      await cell.postgres.stop();
    }
    this.killMover();
    await this.control?.stop();
  }
}

/** Lets the mover work until a step begins, or the move has ended. */
export async function driveTo(world: MovesWorld, step: string | undefined, limit = 400): Promise<void> {
  for (let turn = 0; turn < limit; turn += 1) {
    const move = await world.open();
    if (move === undefined || move.step === step) return;
    await world.advance(Math.max(10, await world.step()));
  }
  const move = await world.open();
  assert.fail(`the move stays at ${move?.step}: ${move?.reason}, ${JSON.stringify(move?.progress)}`);
}

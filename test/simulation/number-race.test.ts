import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { it } from "node:test";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { migrate, openDatabase, type PooledDatabase } from "../../src/adapters/postgres/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import {
  numberPoolModule,
  numbersModule,
  type NumberPool,
  type NumbersModule,
} from "../../src/modules/numbers/index.ts";
import { FleetKey } from "../../src/platform/fleet/index.ts";
import { HttpServer, type Authenticator } from "../../src/platform/http/index.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { seededRandom } from "../kit/seeded-random.ts";
import { silentLogger } from "../kit/silent-logger.ts";

const CELLS = 3;
const BUYERS = 1_000;
const NUMBERS = 100;
const OPERATOR = `AC${"0".repeat(32)}`;
const START_MS = Date.UTC(2026, 0, 1);
const MAX_TRIES = 4;

const wanted = Array.from({ length: NUMBERS }, (_, index) => `+1212555${String(1_000 + index)}`);
const accountOf = (buyer: number): string => `AC${buyer.toString(16).padStart(32, "0")}`;

/** Everybody may do what is asked for in the name of an account. */
const authenticator: Authenticator = {
  authenticate: ({ username }) => {
    const canAccess = () => Promise.resolve(false);
    return Promise.resolve({ accountSid: username, status: "active", credential: "token", canAccess });
  },
};

/** A cell: its own database, its own connections to that of the control plane, nothing else. */
class Cell {
  readonly name: string;
  readonly postgres: TestPostgres;
  readonly control: PooledDatabase;
  readonly #draws: () => boolean;
  readonly #clock: ManualClock;
  module: NumbersModule;
  server: HttpServer;

  constructor(
    name: string,
    postgres: TestPostgres,
    control: PooledDatabase,
    options: { clock: ManualClock; crashes: () => boolean },
  ) {
    this.name = name;
    this.postgres = postgres;
    this.control = control;
    this.#draws = options.crashes;
    this.#clock = options.clock;
    [this.module, this.server] = this.#make();
  }

  #make(): [NumbersModule, HttpServer] {
    const clock = this.#clock;
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    const shared = poolOf(this.control).forCell({ name: this.name, region: "us1" });
    // A draw whose answer is lost: the pool says that the cell has the number, and the cell knows nothing of it.
    const lossy = <T>(drawn: Promise<T>): Promise<T> => {
      return drawn.then((value) => {
        if (this.#draws()) throw new Error("the cell stopped");
        return value;
      });
    };
    const pool: NumberPool = {
      search: (...args) => shared.search(...args),
      kinds: (...args) => shared.kinds(...args),
      draw: (number) => lossy(shared.draw(number)),
      drawAny: (areaCode) => lossy(shared.drawAny(areaCode)),
      giveBack: (...args) => shared.giveBack(...args),
      drawn: (...args) => shared.drawn(...args),
      claim: (...args) => shared.claim(...args),
      disclaim: (...args) => shared.disclaim(...args),
    };
    const module = numbersModule({
      database: this.postgres.database,
      clock,
      logger: silentLogger,
      mintSid: (prefix) => minter.mint(prefix),
      accountStatus: () => Promise.resolve("active"),
      pool,
    });
    const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: module.routes });
    return [module, server];
  }

  /** A process that starts anew over what the one before left behind. */
  restart(): void {
    [this.module, this.server] = this.#make();
  }

  async buy(accountSid: string, form: Record<string, string>) {
    const { status, body } = await this.server.inject({
      method: "POST",
      url: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`,
      auth: { username: accountSid, password: "secret" },
      body: form,
    });
    return { status, json: JSON.parse(body) as { code?: number; phone_number?: string; sid?: string } };
  }
}

function poolOf(database: PooledDatabase) {
  const fleetKey = new FleetKey(Buffer.alloc(32, 7));
  return numberPoolModule({
    database,
    clock: { nowMs: () => START_MS },
    fleetKey,
    isOperator: (sid) => sid === OPERATOR,
  });
}

/** Kills connections of everybody, now and then, until it is told to stop. */
async function killConnections(killer: PooledDatabase, random: () => number, isOver: () => boolean): Promise<number> {
  let killed = 0;
  while (!isOver()) {
    const rows = await killer.query<{ killed: boolean }>(
      `select pg_terminate_backend(pid) as killed from pg_stat_activity
       where datname like 'test_%' and pid <> pg_backend_pid() and state is not null order by md5(pid::text || $1) limit 1`,
      [String(random())],
    );
    killed += rows.length;
    await new Promise((resolve) => setTimeout(resolve, 5 + random() * 30));
  }
  return killed;
}

async function ownersOf(cells: readonly Cell[]): Promise<Map<string, string[]>> {
  const owners = new Map<string, string[]>();
  for (const cell of cells) {
    const rows = await retried(() =>
      cell.postgres.database.query<{ number: string; account_sid: string }>(
        "select number, account_sid from phone_numbers where account_sid is not null",
      ),
    );
    for (const { number, account_sid } of rows) owners.set(number, [...(owners.get(number) ?? []), account_sid]);
  }
  return owners;
}

/** A pool may hand out a connection that was killed just now. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
    }
  }
}

it("sells each of 100 shared numbers once to 1,000 buyers in three cells, while connections die and cells stop", async (t) => {
  const seed = process.env["SEED"] ?? String(Date.now());
  t.diagnostic(`SEED=${seed}`);
  const random = seededRandom(Number(seed));
  const clock = new ManualClock(START_MS);
  const control = await startTestPostgres();
  await migrate(control.database, poolOf(control.database).migrations);
  await control.database.query(
    `insert into number_pool (number, country, region, kind, sms, mms, voice, fax, beta, address_requirements, bundle_required)
     select unnest($1::text[]), 'US', 'NY', 'local', true, true, true, false, false, 'none', false`,
    [wanted],
  );
  let isOver = false;
  const crashes = (): boolean => !isOver && random() < 0.05;
  const cells: Cell[] = [];
  for (let index = 1; index <= CELLS; index += 1) {
    const postgres = await startTestPostgres();
    const connections = openDatabase({ url: control.url, poolSize: 3 });
    const cell = new Cell(`messaging-${index}`, postgres, connections, { clock, crashes });
    await migrate(postgres.database, cell.module.migrations);
    cells.push(cell);
  }
  const killer = openDatabase({ url: control.url, poolSize: 1 });
  const killing = killConnections(killer, random, () => isOver).catch(() => 0);

  /** Wants a number until it is told that there is none for it. Gives what it was told that it has. */
  const shop = async (buyer: number): Promise<string[]> => {
    const cell = cells[buyer % CELLS];
    assert.ok(cell);
    const form = buyer % 4 === 0 ? { AreaCode: "212" } : { PhoneNumber: wanted[Math.floor(random() * NUMBERS)] ?? "" };
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const { status, json } = await cell.buy(accountOf(buyer), form);
      if (status === 201) return [json.phone_number ?? ""];
      if (status === 400) return [];
    }
    return [];
  };
  const sweeping = (async () => {
    while (!isOver) {
      for (const cell of cells) {
        if (random() < 0.3) cell.restart();
        await cell.module.runPorts().catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const told = await Promise.all(Array.from({ length: BUYERS }, (_, buyer) => shop(buyer)));
  isOver = true;
  const [killed] = await Promise.all([killing, sweeping]);
  t.diagnostic(`${killed} connections killed, ${told.flat().length} sales told`);

  for (const cell of cells) await retried(() => cell.module.runPorts());
  const owners = await ownersOf(cells);
  for (const [number, accounts] of owners) assert.equal(accounts.length, 1, `${number} was sold to ${accounts.join()}`);
  for (const [buyer, numbers] of told.entries()) {
    for (const number of numbers)
      assert.deepEqual(owners.get(number), [accountOf(buyer)], "a sale that was told stays");
  }
  // Whoever comes afterwards gets what is left; then nothing is lost and nothing is left.
  clock.advance(60_000);
  for (const cell of cells) await retried(() => cell.module.runPorts());
  const late: Cell | undefined = cells[0];
  assert.ok(late);
  for (const number of wanted) {
    if (owners.has(number)) continue;
    assert.equal(
      await retried(() => holderOf(control.database, number)),
      null,
      `${number} is in no cell and in no pool`,
    );
    const bought: number = await retried(() => buyFromIt(late, number));
    assert.equal(bought, 201, `${number} is lost`);
  }
  const after = await ownersOf(cells);
  assert.deepEqual([...after.keys()].toSorted(), wanted);
  for (const accounts of after.values()) assert.equal(accounts.length, 1);
  await killer.close();
  for (const cell of cells) {
    await cell.control.close();
    await cell.postgres.stop();
  }
  await control.stop();
});

async function buyFromIt(cell: Cell, number: string): Promise<number> {
  const { status } = await cell.buy(OPERATOR, { PhoneNumber: number });
  assert.ok(status < 500);
  return status;
}

async function holderOf(database: PooledDatabase, number: string): Promise<string | null> {
  const rows = await database.query<{ cell: string | null }>("select cell from number_pool where number = $1", [
    number,
  ]);
  return rows[0]?.cell ?? null;
}

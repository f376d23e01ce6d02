import { setTimeout as sleep } from "node:timers/promises";
import { present } from "../../src/kernel/assert.ts";
import type { PhoneMessage } from "../../src/modules/simulator/index.ts";
import { startFleetProcess, type FleetAccount, type FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CallbackSink } from "../simulation/callback-sink.ts";
import { listAll } from "../simulation/verdict.ts";
import { AccountLoad } from "./account-load.ts";
import { brokenPromises, isGivenUp, judgeGroup, type Evidence, type GroupRow, type Span } from "./judge.ts";
import type { ChaosReport, ChaosRun } from "./scenario.ts";
import { TextLoad } from "./text-load.ts";

export interface ChaosOptions {
  /** For example `messaging=3`. */
  readonly cells: string;
  readonly regions?: string;
  readonly accountsPerCell?: number;
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly dataFolder?: string;
}

/** An account that sends, and the number that it sends from. */
export interface ChaosAccount extends FleetAccount {
  readonly number: string;
}

/** Which loads make a row, and whether they are to notice anything at all. */
export interface Group {
  readonly name: string;
  readonly loads: readonly AccountLoad[];
  readonly isSpared: boolean;
}

/** How soon a message that a dead cell had on its way is given up; a run shall not wait for the usual minute. */
const PATIENCE = { adoptReceiptSeconds: 5, unknownGraceSeconds: 10 };
/** Where the operator is at home. */
const FIRST_CELL = "messaging-1";
/** What is to be forgiven. */
export interface Expected {
  /** Whether texts may be taken twice: a carrier gives again what a dead cell has not answered. */
  readonly mayTextsDouble?: boolean;
  /** With what those who are not spared may be refused; their outcome may be unknown too. */
  readonly refusals?: readonly string[];
}

const PHONES_OF_LOAD = 10;
const TEXTS_PER_SECOND = 4;
const DRAIN_LIMIT_MS = 60_000;
const CELLS = "/trunkline/v1/Cells";
/** The supervisor's back-off has grown by then. */
const CONTROL_LIMIT_MS = 40_000;
const POLL_MS = 500;
const WARM_UP_SECONDS = 3;
/** What would be sent twice is sent again within this, once everything has arrived. */
const SETTLE_MS = 2_000;
const MAX_PLACEMENTS = 40;
const FINAL = ["delivered", "undelivered", "failed"];

/** A system of several processes, with accounts in every cell that send and are texted, and everybody who sees what comes of it. */
export class ChaosWorld {
  readonly fleet: FleetProcess;
  readonly accounts: readonly ChaosAccount[];
  readonly loads: AccountLoad[] = [];
  readonly broken: string[] = [];
  readonly findings: string[] = [];
  private readonly run: ChaosRun;
  private readonly sink: CallbackSink;
  private readonly statusCallback: string;
  private readonly texts: TextLoad;
  private readonly spans = new Map<string, Span>();

  private constructor(run: ChaosRun, parts: Pick<ChaosWorld, "fleet" | "accounts"> & Surroundings) {
    this.run = run;
    this.fleet = parts.fleet;
    this.accounts = parts.accounts;
    this.sink = parts.sink;
    this.statusCallback = parts.statusCallback;
    const numbers = parts.accounts.map(({ number }) => number);
    this.texts = new TextLoad(numbers, { phonesUrl: parts.fleet.phonesUrl, perSecond: TEXTS_PER_SECOND });
  }

  static async open(run: ChaosRun, options: ChaosOptions): Promise<ChaosWorld> {
    const sink = new CallbackSink();
    const statusCallback = await sink.start();
    run.tell(`starting ${options.cells} in ${options.regions ?? "us1"}`);
    const fleet = await startFleetProcess({
      cells: options.cells,
      ...(options.regions === undefined ? {} : { regions: options.regions }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.dataFolder === undefined ? {} : { dataFolder: options.dataFolder }),
      config: { log: { level: "warn" }, messaging: PATIENCE, ...options.config },
    });
    try {
      const startMs = performance.now();
      const accounts = await makeAccounts(fleet, options);
      run.tell(`accounts made in ${Math.round(performance.now() - startMs)} ms`);
      return new ChaosWorld(run, { fleet, accounts, sink, statusCallback });
    } catch (error) {
      await fleet.stop();
      await sink.stop();
      throw error;
    }
  }

  /** Opens one, works with it, and closes it whatever happens. */
  static async with<T>(run: ChaosRun, options: ChaosOptions, work: (world: ChaosWorld) => Promise<T>): Promise<T> {
    const world = await ChaosWorld.open(run, options);
    try {
      return await work(world);
    } finally {
      await world.close();
    }
  }

  /** The names of the messaging cells but for that of the operator. */
  get mortals(): readonly string[] {
    return [...new Set(this.accounts.map(({ cell }) => cell))].filter((cell) => cell !== FIRST_CELL);
  }

  accountsOf(cell: string): readonly ChaosAccount[] {
    return this.accounts.filter((account) => account.cell === cell);
  }

  /** Lets an account send through an edge, from now on. */
  send(account: ChaosAccount, edge: string, perSecond = this.run.perSecond): AccountLoad {
    const index = this.loads.length;
    const load = new AccountLoad({
      name: `load ${index}`,
      cell: account.cell,
      edge,
      from: account.number,
      phones: Array.from({ length: PHONES_OF_LOAD }, (_, n) => `+1557${String(index * 100 + n).padStart(7, "0")}`),
      statusCallback: this.statusCallback,
      perSecond,
    });
    this.loads.push(load);
    const baseUrl = this.fleet.edges.get(edge) ?? this.fleet.baseUrl;
    load.aim({ baseUrl, accountSid: account.accountSid, authToken: account.authToken });
    return load;
  }

  /** Lets every account send through an edge of every region given, and be texted. */
  async sendAll(edges: readonly string[]): Promise<void> {
    for (const account of this.accounts) for (const edge of edges) this.send(account, edge);
    await this.begin();
  }

  /** Lets the accounts be texted, and waits until everything is warm. */
  async begin(): Promise<void> {
    this.texts.start();
    this.run.tell("warming up");
    await this.wait(WARM_UP_SECONDS);
  }

  loadsOf(cell: string): readonly AccountLoad[] {
    return this.loads.filter(({ options }) => options.cell === cell);
  }

  loadsElsewhere(cell: string): readonly AccountLoad[] {
    return this.loads.filter(({ options }) => options.cell !== cell);
  }

  /** Does something while the load goes on, and remembers when that was. */
  async during<T>(span: "before" | "during" | "after", work: () => Promise<T>): Promise<T> {
    this.run.tell(span);
    const fromMs = performance.now();
    const result = await work();
    this.spans.set(span, { fromMs, toMs: performance.now() });
    return result;
  }

  /** Kills a process of the fleet, and resolves once it is there again. */
  async killAndWait(name: string): Promise<void> {
    this.run.tell(`killing ${name}`);
    const { restarts = 0 } = (await this.fleet.nodes()).find((node) => node.name === name) ?? {};
    const startMs = performance.now();
    await this.fleet.kill(name);
    await this.fleet.restarted(name, restarts);
    this.findings.push(`${name} served again after ${((performance.now() - startMs) / 1_000).toFixed(1)} s.`);
  }

  /** Of a process of the fleet. */
  async pidOf(name: string): Promise<number> {
    const pid = (await this.fleet.nodes()).find((node) => node.name === name)?.pid;
    return present(pid ?? undefined, `${name} runs`);
  }

  /** When a message was taken, by what the API says. */
  async createdMs({ accountSid, authToken }: FleetAccount, sid: string): Promise<number> {
    const response = await fetch(`${this.fleet.baseUrl}/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`, {
      headers: { Authorization: basic(accountSid, authToken) },
    });
    return Date.parse(((await response.json()) as { date_created: string }).date_created);
  }

  /** Resolves once the control plane answers the operator. */
  async operatorServed(): Promise<void> {
    await waitFor(
      "the control plane",
      async () => (await this.fleet.ask("GET", CELLS)).status === 200,
      CONTROL_LIMIT_MS,
    );
  }

  /** Lets the load go on for a while. */
  wait(seconds: number): Promise<void> {
    return sleep(seconds * 1_000);
  }

  /** Notes that something that was promised was not so. */
  require(holds: boolean, sentence: string): void {
    if (!holds) this.broken.push(sentence);
  }

  /** Ends the load, waits until everything has arrived, and says what became of each group. */
  async judge(groups: readonly Group[], expected: Expected = {}): Promise<ChaosReport> {
    const { mayTextsDouble = false, refusals = [] } = expected;
    this.run.tell("draining");
    await Promise.all([...this.loads.map((load) => load.stop()), this.texts.stop()]);
    const evidence = await this.collect();
    const rows: GroupRow[] = [];
    for (const { name, loads, isSpared } of groups) {
      const row = judgeGroup(name, loads, evidence);
      rows.push(row);
      this.broken.push(...brokenPromises(row, isSpared ? [] : refusals));
    }
    await this.judgeLists(mayTextsDouble);
    return { rows, findings: this.findings, broken: this.broken };
  }

  async close(): Promise<void> {
    await Promise.all([...this.loads.map((load) => load.stop()), this.texts.stop()]);
    const errors = this.fleet.stderr().split("\n");
    for (const line of errors.filter((text) => /"level":"(fatal)"|assert/i.test(text)).slice(0, 5)) {
      this.run.tell(`logged: ${line.slice(0, 400)}`);
    }
    await this.fleet.stop();
    await this.sink.stop();
  }

  private async collect(): Promise<Evidence> {
    const accepted = this.loads.flatMap(({ samples }) => samples).filter(({ sid }) => sid !== undefined);
    const endMs = performance.now() + DRAIN_LIMIT_MS;
    const told = new Map<string, string>();
    for (;;) {
      const arrivals = await this.arrivals();
      for (const { sid = "" } of accepted) {
        const end = FINAL.find((status) => this.sink.callbacks.has(`${sid}:${status}`));
        if (end !== undefined) told.set(sid, end);
      }
      const isDone = accepted.every(
        (sample) => isGivenUp(sample, told) || (arrivals.has(sample.body) && told.has(sample.sid ?? "")),
      );
      if (isDone || performance.now() > endMs) break;
      await sleep(POLL_MS);
    }
    await sleep(SETTLE_MS);
    const { before, during } = { before: this.spans.get("before"), during: this.spans.get("during") };
    const none = { fromMs: 0, toMs: 0 };
    return { arrivals: await this.arrivals(), told, before: before ?? none, during: during ?? none };
  }

  /** How often each text is on a phone. */
  private async arrivals(): Promise<Map<string, number>> {
    const arrivals = new Map<string, number>();
    for (const phone of this.loads.flatMap(({ options }) => options.phones)) {
      const url = `${this.fleet.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages?limit=1000`;
      const { messages } = (await (await fetch(url)).json()) as { messages: readonly PhoneMessage[] };
      for (const { body, direction } of messages) {
        if (direction === "received") arrivals.set(body, (arrivals.get(body) ?? 0) + 1);
      }
    }
    return arrivals;
  }

  /** What was accepted and what was texted must be in the accounts' lists, once. */
  private async judgeLists(mayTextsDouble: boolean): Promise<void> {
    const { sent } = this.texts;
    const endMs = performance.now() + DRAIN_LIMIT_MS;
    let listed = await this.listed();
    const count = ({ body }: { readonly body: string }): number => listed.get(body) ?? 0;
    while (sent.some((text) => count(text) === 0) && performance.now() < endMs) {
      await sleep(POLL_MS);
      listed = await this.listed();
    }
    const lost = sent.filter((text) => count(text) === 0).length;
    const doubled = sent.filter((text) => count(text) > 1).length;
    this.findings.push(`${sent.length} texts came in: ${lost} lost, ${doubled} taken twice.`);
    this.require(lost === 0, `${lost} texts that came in were lost`);
    this.require(mayTextsDouble || doubled === 0, `${doubled} texts that came in are there twice`);
    const wrong = this.loads
      .flatMap(({ samples }) => samples)
      .filter((sample) => (sample.sid === undefined ? count(sample) > 1 : count(sample) !== 1));
    this.require(wrong.length === 0, `${wrong.length} accepted messages are not listed exactly once`);
  }

  /** How often each text is in the list of its account. */
  private async listed(): Promise<ReadonlyMap<string, number>> {
    const seen = new Map<string, number>();
    for (const account of this.mainAccounts()) {
      const messages = await listAll({ ...account, baseUrl: this.fleet.baseUrl });
      for (const { body } of messages) seen.set(body, (seen.get(body) ?? 0) + 1);
    }
    return seen;
  }

  private mainAccounts(): readonly ChaosAccount[] {
    return [...new Map(this.accounts.map((account) => [account.accountSid, account])).values()];
  }
}

interface Surroundings {
  readonly sink: CallbackSink;
  readonly statusCallback: string;
}

/** The operator with the two numbers of the first cell, and new accounts in every other one. */
async function makeAccounts(fleet: FleetProcess, options: ChaosOptions): Promise<readonly ChaosAccount[]> {
  const { accountsPerCell = 2, regions = "us1" } = options;
  const { json } = await fleet.supervise({ method: "GET", target: "/nodes" });
  const cells = (json as { cells: readonly { name: string; number: number; region: string; type: string }[] }).cells;
  const operator = { ...fleet.operator, cell: FIRST_CELL };
  const accounts: ChaosAccount[] = [
    { ...operator, number: "+15005550100" },
    { ...operator, number: "+15005550101" },
  ];
  const regionList = regions.split(",");
  const isFull = (name: string): boolean => accounts.filter(({ cell }) => cell === name).length >= accountsPerCell;
  for (let tried = 0; !cells.every(({ name }) => isFull(name)); tried += 1) {
    if (tried >= MAX_PLACEMENTS) throw new Error(`no accounts in every cell after ${tried}`);
    const region = regionList[tried % regionList.length] ?? "us1";
    // Right after the start the control plane may not have heard of every cell.
    const account = await waitFor("an account", () => fleet.createAccount(region).catch(unlessRefused));
    const cell = cells.find(({ name }) => name === account.cell);
    if (cell === undefined || isFull(cell.name)) continue;
    const place = cell.number * 100 + accounts.filter((one) => one.cell === cell.name).length;
    const number = `+1500555${String(place).padStart(4, "0")}`;
    await buyNumber(fleet, account, number);
    accounts.push({ ...account, number });
  }
  return accounts;
}

function unlessRefused(error: unknown): undefined {
  if (!String(error).includes("503")) throw error;
}

function basic(accountSid: string, authToken: string): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
}

async function buyNumber({ baseUrl }: FleetProcess, account: FleetAccount, number: string): Promise<void> {
  const { accountSid, authToken } = account;
  const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`, {
    method: "POST",
    headers: { Authorization: basic(accountSid, authToken) },
    body: new URLSearchParams({ PhoneNumber: number }),
  });
  if (response.status !== 201) throw new Error(`no number: ${response.status} ${await response.text()}`);
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { memoryDisk, openMemoryLog, settle } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { AppError, callerError, type ErrorSpec } from "../../kernel/errors.ts";
import { Cell } from "../cell/index.ts";
import { defineRoute, HttpServer, text, type InjectedResponse, type Route } from "../http/index.ts";
import { SecretBox } from "../secrets/index.ts";
import { idempotency, KeyBook } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const SUBACCOUNT = `AC${"b".repeat(32)}`;
const REFUSED = callerError(21211, 400, "No.");
const UNAVAILABLE: ErrorSpec = { code: 20503, status: 503, fault: "platform", retry: "later", message: "Later." };
const UNKNOWN: ErrorSpec = { ...UNAVAILABLE, fault: "unknown", retry: "never" };

/** What the work of a route meets, beside success. */
type Fate = ErrorSpec | "bug" | "wait" | undefined;

/** A cell with its door, and a database that outlives it. */
class Desk {
  readonly clock = new ManualClock();
  readonly rows: string[] = [];
  fate: Fate;
  private files = memoryDisk();
  private server: HttpServer | undefined;
  private gate: (() => void) | undefined;

  async open(): Promise<void> {
    const keys = new KeyBook();
    const log = await openMemoryLog(this.files, this.clock);
    const common = { clock: this.clock, logger: silentLogger };
    const cell = new Cell({ name: "c", log, ...common, machines: [keys.machine], projectedOffsets: new Map() });
    await cell.recover();
    this.server = new HttpServer({
      ...common,
      minter: { mint: (prefix) => `${prefix}0` },
      authenticator: {
        authenticate: ({ username }) =>
          Promise.resolve({
            accountSid: username,
            status: "active",
            credential: "token",
            canAccess: (other) => Promise.resolve(username === ACCOUNT && other === SUBACCOUNT),
          }),
      },
      routes: [this.route("Rows", true), this.route("Others", true), this.route("Changes", false)],
      around: [idempotency({ ...common, keys, cell: () => cell, secrets: new SecretBox(new Uint8Array(32).fill(1)) })],
    });
  }

  static async start(): Promise<Desk> {
    const desk = new Desk();
    await desk.open();
    return desk;
  }

  /** Kills the process, at whatever it does, and starts another. */
  async restart(): Promise<void> {
    this.files.crashed = true;
    await settle();
    this.files = this.files.afterKill();
    await this.open();
  }

  private route(name: string, creates: boolean): Route {
    return defineRoute({
      product: "api",
      tag: name,
      access: "account",
      method: "POST",
      path: `/2010-04-01/Accounts/{AccountSid}/${name}`,
      operationId: `Create${name}`,
      summary: "Make a row",
      success: 201,
      creates,
      parameters: { Name: text({ required: true, maxCharacters: 100_000 }) },
      run: async (call) => {
        if (this.fate === "wait") await new Promise<void>((resolve) => (this.gate = resolve));
        if (this.fate === "bug") throw new Error("a bug");
        if (this.fate !== undefined && this.fate !== "wait") throw new AppError(this.fate);
        this.rows.push(call.params.Name);
        call.setHeader("X-Row", String(this.rows.length));
        return { name: call.params.Name, secret: `secret of ${this.rows.length}` };
      },
      view: (row) => row,
    });
  }

  release(): void {
    this.gate?.();
  }

  post(key: string | undefined, path = "Rows", body = "Name=one", accountSid = ACCOUNT): Promise<InjectedResponse> {
    assert.ok(this.server !== undefined);
    return this.server.inject({
      method: "POST",
      url: `/2010-04-01/Accounts/${accountSid}/${path}`,
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
      },
      auth: { username: ACCOUNT, password: "x" },
    });
  }

  logText(): string {
    const paths = this.files.paths().filter((path) => path.startsWith("/log"));
    return paths.map((path) => this.files.content(path).toString("latin1")).join("");
  }
}

const codeOf = (answer: InjectedResponse): string =>
  `${answer.status} ${(JSON.parse(answer.body) as { code: number }).code}`;

describe("a create with an idempotency key", () => {
  it("is carried out once and answered alike, header fields and secret included, after a restart too", async () => {
    const desk = await Desk.start();
    const first = await desk.post("k", "Rows.json");
    assert.deepEqual([first.status, first.headers["idempotent-replayed"]], [201, undefined]);
    for (const restarted of [false, true]) {
      if (restarted) await desk.restart();
      const again = await desk.post("k", "Rows.json");
      assert.deepEqual([again.status, again.body], [201, first.body]);
      assert.deepEqual([again.headers["x-row"], again.headers["content-type"]], ["1", "application/json"]);
      assert.equal(again.headers["idempotent-replayed"], "true");
    }
    assert.deepEqual(desk.rows, ["one"]);
    assert.ok(desk.logText().includes("idempotency.answered"));
    assert.ok(!desk.logText().includes("secret of"), "no answer stands in the log in clear");
  });

  it("is another one without the key, with another key, or for another account", async () => {
    const desk = await Desk.start();
    for (const key of ["k", undefined, undefined, "l"]) assert.equal((await desk.post(key)).status, 201);
    assert.equal((await desk.post("k", "Rows", "Name=one", SUBACCOUNT)).status, 201);
    assert.equal(desk.rows.length, 5);
  });

  it("is refused when the key was used for another body, path, query or representation", async () => {
    const desk = await Desk.start();
    await desk.post("k");
    for (const [path, body] of [
      ["Rows", "Name=two"],
      ["Others", "Name=one"],
      ["Rows?a=1", "Name=one"],
      ["Rows.json", "Name=one"],
    ] as const) {
      const answer = await desk.post("k", path, body);
      assert.equal(answer.status, 409, path);
      assert.ok(answer.body.includes("20409"));
    }
    assert.equal(desk.rows.length, 1);
  });

  it("is told to come back while the first is under way", async () => {
    const desk = await Desk.start();
    desk.fate = "wait";
    const first = desk.post("k", "Rows.json");
    await settle();
    const same = await desk.post("k", "Rows.json");
    assert.deepEqual([codeOf(same), same.headers["retry-after"]], ["409 20409", "1"]);
    const other = await desk.post("k", "Rows.json", "Name=two");
    assert.deepEqual([codeOf(other), other.headers["retry-after"]], ["409 20409", undefined]);
    desk.release();
    desk.fate = undefined;
    assert.equal((await first).status, 201);
    assert.equal((await desk.post("k", "Rows.json")).headers["idempotent-replayed"], "true");
    assert.equal(desk.rows.length, 1);
  });

  it("that was refused, or certainly not done, can be tried again", async () => {
    const desk = await Desk.start();
    for (const fate of [REFUSED, UNAVAILABLE, { ...REFUSED, status: 429 }]) {
      desk.fate = fate;
      assert.equal((await desk.post("k")).status, fate.status);
    }
    assert.equal((await desk.post("k", "Rows", "Nothing=1")).status, 400, "not even begun");
    desk.fate = undefined;
    await desk.restart();
    assert.equal((await desk.post("k")).status, 201);
    assert.equal((await desk.post("k")).headers["idempotent-replayed"], "true");
  });

  it("that failed in a way nobody can tell is not done again", async () => {
    const desk = await Desk.start();
    for (const [key, fate, status] of [
      ["k", "bug", 500],
      ["l", UNKNOWN, 503],
    ] as const) {
      desk.fate = fate;
      assert.equal((await desk.post(key, "Rows.json")).status, status);
      desk.fate = undefined;
      assert.equal(codeOf(await desk.post(key, "Rows.json")), "409 20409");
      await desk.restart();
      const answer = await desk.post(key, "Rows.json");
      assert.equal(codeOf(answer), "409 20409");
      assert.ok(answer.body.includes(`/2010-04-01/Accounts/${ACCOUNT}/Rows.json`), "it says where to look");
    }
    assert.equal(desk.rows.length, 0);
  });

  it("that was cut off by the end of the process is not done again", async () => {
    const desk = await Desk.start();
    desk.fate = "wait";
    desk.post("k", "Rows.json").catch(() => undefined);
    await settle();
    await desk.restart();
    desk.fate = undefined;
    assert.equal(codeOf(await desk.post("k", "Rows.json")), "409 20409");
    assert.equal((await desk.post("l", "Rows.json")).status, 201);
  });

  it("whose answer is too long to be kept is not done again", async () => {
    const desk = await Desk.start();
    const body = `Name=${"x".repeat(20_000)}`;
    assert.equal((await desk.post("k", "Rows.json", body)).status, 201);
    assert.equal(codeOf(await desk.post("k", "Rows.json", body)), "409 20409");
    assert.equal(desk.rows.length, 1);
  });

  it("wants a key of 1 to 255 visible characters, and one of them", async () => {
    const desk = await Desk.start();
    for (const key of ["", "a b", "é", "x".repeat(256), "a\tb"]) {
      assert.equal(codeOf(await desk.post(key, "Rows.json")), "400 20001", key);
    }
    for (const key of ["x".repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "~!"]) {
      assert.equal((await desk.post(key, "Rows.json")).status, 201, key);
    }
  });

  it("is forgotten after a day", async () => {
    const desk = await Desk.start();
    await desk.post("k");
    desk.clock.advance(86_400_000);
    const again = await desk.post("k", "Rows", "Name=two");
    assert.deepEqual([again.status, again.headers["idempotent-replayed"]], [201, undefined]);
  });
});

it("a route that creates nothing does not look at the key", async () => {
  const desk = await Desk.start();
  for (const key of ["k", "k", ""]) assert.equal((await desk.post(key, "Changes")).status, 201);
  assert.equal(desk.rows.length, 3);
});

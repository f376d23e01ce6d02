/** A customer who sends and is sent texts while his account moves, and what he finds in the end. */
import assert from "node:assert/strict";
import type { Row } from "../../src/platform/ports.ts";
import { NUMBER, textOf, type CellWorld, type MovesWorld } from "./moves-world.ts";

export const ACCOUNT_TOKEN = "a".repeat(32);
const MAX_OPEN = 5;

interface Wish {
  readonly key: string;
  readonly to: string;
  /** What it was answered with, once the answer arrived. */
  sid: string | undefined;
  /** The same, also where the answer was lost: every one must name the same message. */
  made: string | undefined;
  isUnderWay: boolean;
}

interface Text {
  readonly body: string;
  readonly cell: string;
  isTaken: boolean;
  isUnderWay: boolean;
  /** How often the carrier gave it: without an answer it is given again. */
  given: number;
}

export class MovesTraffic {
  readonly world: MovesWorld;
  readonly accountSid: string;
  readonly wishes: Wish[] = [];
  readonly texts: Text[] = [];
  /** Answers by status, to see that the test tests something. */
  readonly answers = new Map<number, number>();
  private readonly receipts = new Map<
    string,
    { readonly cell: string; readonly to: string; isTaken: boolean; isUnderWay: boolean }
  >();
  private count = 0;

  constructor(world: MovesWorld, accountSid: string) {
    this.world = world;
    this.accountSid = accountSid;
    for (const cell of world.cells.values()) {
      const { carrier } = cell;
      carrier.script = (submission) => {
        const outcome = carrier.accept();
        this.receipts.set(outcome.id, {
          cell: cell.name,
          to: submission.to.slice(1),
          isTaken: false,
          isUnderWay: false,
        });
        return outcome;
      };
    }
  }

  /** Begins a message now and then, and goes on with whatever was not answered. */
  tick(): void {
    const { random } = this.world;
    const waiting = this.wishes.filter(({ sid }) => sid === undefined);
    if (waiting.length < MAX_OPEN && random() < 0.7) this.wish();
    if (this.texts.every(({ isTaken }) => isTaken) && random() < 0.4) this.text();
    this.goOn();
  }

  private wish(): void {
    this.count += 1;
    const to = `+4477009${String(this.count).padStart(5, "0")}`;
    this.wishes.push({ key: `wish-${this.count}`, to, sid: undefined, made: undefined, isUnderWay: false });
  }

  private text(): void {
    this.count += 1;
    // Carriers bring texts to the cell in which the number was first, and to the one in which it is.
    const home = this.world.homes.get(NUMBER)?.cell ?? "messaging-1";
    const cell = this.world.random() < 0.7 ? "messaging-1" : home;
    this.texts.push({ body: `text ${this.count}`, cell, isTaken: false, isUnderWay: false, given: 0 });
  }

  /** Tries again what has no answer yet. */
  goOn(): void {
    for (const wish of this.wishes) if (wish.sid === undefined && !wish.isUnderWay) void this.send(wish);
    for (const text of this.texts) if (!text.isTaken && !text.isUnderWay) void this.give(text);
    for (const [id, receipt] of this.receipts) {
      if (receipt.isTaken || receipt.isUnderWay) continue;
      const cell = this.world.cell(receipt.cell);
      const { life } = cell;
      if (life === undefined || !cell.carrier.isListenedTo) continue;
      receipt.isUnderWay = true;
      void Promise.race([cell.carrier.receipt({ id, to: receipt.to }), life.death])
        .then(
          (isTaken) => (receipt.isTaken = isTaken),
          () => undefined,
        )
        .finally(() => (receipt.isUnderWay = false));
    }
  }

  private async give(text: Text): Promise<void> {
    const cell = this.world.cell(text.cell);
    const { life } = cell;
    if (life === undefined || !cell.carrier.isListenedTo) return;
    text.isUnderWay = true;
    text.given += 1;
    const from = `+4478${String(this.count).padStart(8, "0")}`;
    const given = cell.carrier.text({ text: text.body, from, to: NUMBER });
    text.isTaken = await Promise.race([given, life.death]).catch(() => false);
    text.isUnderWay = false;
  }

  /** As through an edge: by the routing table, and where that is old by what the cell says. */
  private async send(wish: Wish): Promise<void> {
    wish.isUnderWay = true;
    try {
      let name = this.world.homes.get(this.accountSid)?.cell ?? "";
      if (this.world.random() < 0.2) name = name === "messaging-1" ? "messaging-2" : "messaging-1";
      for (let tries = 0; tries < 2; tries += 1) {
        const response = await this.world
          .cell(name)
          .request("POST", `/2010-04-01/Accounts/${this.accountSid}/Messages.json`, {
            user: this.accountSid,
            password: ACCOUNT_TOKEN,
            key: wish.key,
            form: { To: wish.to, From: NUMBER, Body: wish.key },
          });
        this.answers.set(response.status, (this.answers.get(response.status) ?? 0) + 1);
        if (response.status === 421) {
          name = response.headers[response.headers.indexOf("X-Trunkline-Home") + 1] ?? name;
          continue;
        }
        if (response.status !== 201) {
          // A cell in which the account never was knows no such caller; an edge would not ask it.
          assert.ok([401, 409, 503].includes(response.status), `${response.status} ${textOf(response)}`);
          return;
        }
        const { sid } = JSON.parse(textOf(response)) as { sid: string };
        assert.equal(wish.made ?? sid, sid, `${wish.key} was accepted twice`);
        wish.made = sid;
        // Many answers are lost on their way; then the request is made again, perhaps in the other cell.
        if (this.world.random() < 0.5) wish.sid = sid;
        return;
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) this.failure ??= error;
    } finally {
      wish.isUnderWay = false;
    }
  }

  /** What must not happen, and happened where nobody could throw. */
  failure: assert.AssertionError | undefined;

  get isAnswered(): boolean {
    return (
      this.wishes.every(({ sid }) => sid !== undefined) &&
      this.texts.every(({ isTaken }) => isTaken) &&
      [...this.receipts.values()].every(({ isTaken }) => isTaken)
    );
  }

  /** Looks at everything when all has come to rest. */
  async check(home: CellWorld, away: CellWorld): Promise<{ readonly unknown: number }> {
    if (this.failure !== undefined) throw this.failure;
    assert.deepEqual(await away.rows("messages", [this.accountSid]), [], "nothing is left in the other cell");
    const rows = await home.rows("messages", [this.accountSid]);
    const outbound = rows.filter(({ direction }) => direction !== "inbound");
    assert.deepEqual(
      outbound.map(({ body }) => String(body)).toSorted(),
      this.wishes.map(({ key }) => key).toSorted(),
      "each message is there once",
    );
    const bySid = new Map(rows.map((row): [unknown, Row] => [row["sid"], row]));
    const given = new Map<string, number>();
    for (const { carrier } of [home, away]) {
      for (const { sid } of carrier.submissions) given.set(sid, (given.get(sid) ?? 0) + 1);
    }
    let unknown = 0;
    for (const { sid = "", key } of this.wishes) {
      const row = bySid.get(sid);
      assert.equal(row?.["body"], key);
      const times = given.get(sid) ?? 0;
      assert.ok(times <= 1, `${key} was sent ${times} times`);
      // Killed between the journal and the carrier: nobody can tell, so it is never sent blindly.
      if (times === 0 || row?.["status"] !== "delivered") unknown += 1;
      assert.ok(
        ["delivered", "undelivered", "failed"].includes(String(row?.["status"])),
        `${key}: ${String(row?.["status"])}`,
      );
    }
    for (const { body, given: times } of this.texts) {
      const count = rows.filter((row) => row["body"] === body).length;
      assert.ok(count >= 1 && count <= times, `${body} came ${times} times and is there ${count} times`);
    }
    assert.equal(rows.length, outbound.length + rows.filter(({ direction }) => direction === "inbound").length);
    return { unknown };
  }
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingDoor } from "../../../test/kit/messaging-door.ts";
import { ACCOUNT, NUMBER, type MessagingWorld } from "../../../test/kit/messaging-world.ts";
import type { ApplyContext } from "../../platform/cell/index.ts";
import type { HttpServer, InjectedResponse } from "../../platform/http/index.ts";
import { BulkRequests, KEPT_MS, MAX_KEPT_OF_ACCOUNT, MAX_UNDER_WAY } from "./bulk-requests.ts";

const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages/Bulk.json`;

interface Answer {
  readonly messages: readonly { readonly index: number; readonly sid?: string; readonly code?: number }[];
  readonly accepted: number;
  readonly refused: number;
}

/** The bulk door of one process over the disk of a world. */
class Door {
  private readonly door: MessagingDoor;
  private server: HttpServer | undefined;

  private constructor(door: MessagingDoor) {
    this.door = door;
  }

  static async open(): Promise<Door> {
    return new Door(await MessagingDoor.open());
  }

  get world(): MessagingWorld {
    return this.door.world;
  }

  async restart(): Promise<void> {
    await this.world.restart(true);
    this.server = undefined;
  }

  async post(body: string, headers: Record<string, string> = {}): Promise<InjectedResponse> {
    this.server ??= this.door.serve();
    return this.door.post({ path: PATH, body, headers }, this.server);
  }

  async send(body: object, key?: string): Promise<Answer> {
    const answer = await this.post(JSON.stringify(body), key === undefined ? {} : { "Idempotency-Key": key });
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body) as Answer;
  }
}

const phone = (i: number): string => `+4477009${String(i).padStart(5, "0")}`;
const many = (count: number): object => ({
  defaults: { From: NUMBER, Body: "hello" },
  messages: Array.from({ length: count }, (_, i) => ({ To: phone(i) })),
});

const codeOf = (answer: InjectedResponse): [number, number] => [
  answer.status,
  (JSON.parse(answer.body) as { code: number }).code,
];

describe("a request for many messages", () => {
  it("accepts each with its own parameters before the defaults", async () => {
    const door = await Door.open();
    const answer = await door.send({
      defaults: { From: NUMBER, Body: "hello", ValidityPeriod: 60 },
      messages: [{ To: phone(1) }, { To: phone(2), Body: "other", ValidityPeriod: "120", SmartEncoded: true }],
    });
    assert.deepEqual([answer.accepted, answer.refused], [2, 0]);
    const [one, two] = answer.messages.map(({ sid }) => door.world.message(sid ?? ""));
    assert.deepEqual([one?.to, one?.body, two?.body], [phone(1), "hello", "other"]);
    assert.equal((two?.validUntilMs ?? 0) - (one?.validUntilMs ?? 0), 60_000);
  });

  it("refuses each with the code that it would have alone, and sends the others", async () => {
    const door = await Door.open();
    const messages = [
      { To: phone(1), From: NUMBER, Body: "x" },
      { From: NUMBER, Body: "x" },
      { To: "12", From: NUMBER, Body: "x" },
      { To: phone(1), Body: "x" },
      { To: phone(1), From: "+15005550199", Body: "x" },
      { To: phone(1), From: NUMBER, Body: "x".repeat(1_601) },
      { To: { a: 1 }, From: NUMBER, Body: "x" },
      { To: phone(1), From: NUMBER, Body: "x", SendAt: "2030-01-01" },
      "text",
      null,
      { To: phone(2), From: NUMBER, Body: "x" },
    ];
    const answer = await door.send({ messages });
    assert.deepEqual(
      answer.messages.map(({ code }) => code),
      [undefined, 21604, 21211, 21603, 21606, 21617, 20001, answer.messages[7]?.code, 20001, 20001, undefined],
    );
    assert.ok((answer.messages[7]?.code ?? 0) > 20_000);
    assert.deepEqual([answer.accepted, answer.refused, door.world.state.messages.size], [2, 9, 2]);
  });

  it("repeated with the same key makes nothing twice, and another body with that key is refused", async () => {
    const door = await Door.open();
    const first = await door.send(many(450), "k");
    assert.deepEqual(await door.send(many(450), "k"), first);
    assert.equal(door.world.state.messages.size, 450);
    const other = await door.post(JSON.stringify(many(2)), { "Idempotency-Key": "k" });
    assert.deepEqual(codeOf(other), [409, 20409]);
    await door.send(many(450));
    assert.equal(door.world.state.messages.size, 900, "without a key it is another request");
  });

  it("repeated after its outcomes were forgotten is refused, not sent again", async () => {
    const door = await Door.open();
    await door.send(many(1), "first");
    for (let i = 0; i < MAX_KEPT_OF_ACCOUNT; i += 1) await door.send(many(1), `k${i}`);
    const { size } = door.world.state.messages;
    assert.deepEqual(codeOf(await door.post(JSON.stringify(many(1)), { "Idempotency-Key": "first" })), [409, 20409]);
    assert.equal(door.world.state.messages.size, size);
  });

  it("goes on where a crash has cut it off", async () => {
    const door = await Door.open();
    const cut = door.post(JSON.stringify(many(1_000)), { "Idempotency-Key": "k" });
    cut.catch(() => undefined);
    while (door.world.state.messages.size === 0) await new Promise(setImmediate);
    await door.restart();
    const kept = [...door.world.state.messages.keys()];
    assert.ok(kept.length > 0 && kept.length < 1_000, `${kept.length} of 1,000 were durable`);
    const answer = await door.send(many(1_000), "k");
    const sids = answer.messages.map(({ sid }) => sid);
    assert.deepEqual([answer.accepted, new Set(sids).size], [1_000, 1_000]);
    assert.ok(kept.every((sid) => sids.includes(sid)));
    assert.equal(door.world.state.messages.size, 1_000);
  });

  it("is refused while the account has enough of them under way", async () => {
    const door = await Door.open();
    const answers = await Promise.all(
      Array.from({ length: MAX_UNDER_WAY + 1 }, () => door.post(JSON.stringify(many(3)))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 200, 429],
    );
    assert.deepEqual(codeOf(answers.find(({ status }) => status === 429) as InjectedResponse), [429, 20429]);
    const same = await Promise.all([1, 2].map(() => door.post(JSON.stringify(many(3)), { "Idempotency-Key": "k" })));
    assert.deepEqual(
      same.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
  });

  it("that is no JSON, too deep, too large, or of another shape is refused as a whole", async () => {
    const door = await Door.open();
    const refusals: readonly (readonly [string, number, number])[] = [
      ["", 400, 20001],
      ["{", 400, 20001],
      ["[]", 400, 20001],
      ['{"messages":{}}', 400, 20001],
      ['{"messages":[],"defaults":[]}', 400, 20001],
      [`{"messages":${"[".repeat(40)}${"]".repeat(40)}}`, 400, 20001],
      [`{"messages":[${"1,".repeat(10_000)}1]}`, 400, 20001],
      [" ".repeat(4 * 1_024 * 1_024 + 1), 413, 20413],
    ];
    for (const [body, status, code] of refusals) {
      assert.deepEqual(codeOf(await door.post(body)), [status, code], body.slice(0, 40));
    }
    assert.deepEqual(codeOf(await door.post("{}", { "Content-Type": "text/plain" })), [415, 20001]);
    assert.deepEqual(codeOf(await door.post('{"messages":[]}', { "Idempotency-Key": "a b" })), [400, 20001]);
    assert.equal(door.world.state.messages.size, 0);
  });

  it("of 10,000 is accepted without keeping others waiting", async () => {
    const door = await Door.open();
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    turn();
    const answer = await door.send(many(10_000), "k");
    isDone = true;
    assert.deepEqual([answer.accepted, answer.refused], [10_000, 0]);
    assert.ok(turns > 50, `others had ${turns} turns`);
    assert.deepEqual(await door.send(many(10_000), "k"), answer);
  });
});

describe("the memory of outcomes", () => {
  const context = (atMs: number): ApplyContext => ({ offset: 0, atMs, effect: () => undefined, emit: () => undefined });

  function decide(
    requests: BulkRequests,
    record: { accountSid: string; key: string; from?: number },
    atMs: number,
  ): void {
    const { accountSid, key, from = 0 } = record;
    const decided = { kind: "message.bulk-decided", accountSid, key, from, outcomes: ["SM1"] };
    requests.machine.reducers["message.bulk-decided"]?.(decided, context(atMs));
  }

  const knows = (requests: BulkRequests, accountSid: string, key: string): number =>
    requests.known(accountSid, key).length;

  it("lasts a day", () => {
    const requests = new BulkRequests();
    decide(requests, { accountSid: "AC1", key: "k" }, 0);
    decide(requests, { accountSid: "AC1", key: "l" }, KEPT_MS - 1);
    assert.equal(knows(requests, "AC1", "k"), 1);
    decide(requests, { accountSid: "AC1", key: "m" }, KEPT_MS);
    assert.equal(knows(requests, "AC1", "k"), 0);
  });

  it("holds the newest keys of each account, and a request that was forgotten in the middle stays so", () => {
    const requests = new BulkRequests();
    decide(requests, { accountSid: "AC2", key: "k" }, 0);
    for (let i = 0; i <= MAX_KEPT_OF_ACCOUNT; i += 1) decide(requests, { accountSid: "AC1", key: `k${i}` }, 1);
    assert.deepEqual(
      [knows(requests, "AC1", "k0"), knows(requests, "AC1", "k1"), knows(requests, "AC2", "k")],
      [0, 1, 1],
    );
    decide(requests, { accountSid: "AC1", key: "k0", from: 1 }, 2);
    assert.equal(knows(requests, "AC1", "k0"), 0);
    decide(requests, { accountSid: "AC1", key: "k1", from: 1 }, 2);
    assert.equal(knows(requests, "AC1", "k1"), 2);
  });
});

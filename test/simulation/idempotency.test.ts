import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/kernel/errors.ts";
import { defineRoute, type InjectedResponse, type Route } from "../../src/platform/http/index.ts";
import { MessagingDoor, type DoorRequest } from "../kit/messaging-door.ts";
import { ACCOUNT, NUMBER, phone } from "../kit/messaging-world.ts";
import { settle } from "../kit/memory-log.ts";

const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;
const BULK = `/2010-04-01/Accounts/${ACCOUNT}/Messages/Bulk.json`;
const ROWS = `/2010-04-01/Accounts/${ACCOUNT}/Rows.json`;
/** More disk operations than any of these requests causes. */
const MAX_OPERATIONS = 60;

/** Resolves to the answer, or to nothing when the process died before it gave one that counts. */
async function answerOf(request: Promise<InjectedResponse>): Promise<InjectedResponse | undefined> {
  const answer = await Promise.race([request, settle(200).then(() => undefined)]);
  return answer === undefined || answer.status >= 500 ? undefined : answer;
}

/**
 * The same request over and over, the process killed at one disk operation after the
 * other, until the request needs no more of them. Returns at how many it was killed.
 */
async function killedEverywhere(
  open: () => Promise<MessagingDoor>,
  request: DoorRequest,
  check: (door: MessagingDoor, answers: readonly InjectedResponse[]) => void,
): Promise<number> {
  for (let kill = 1; kill <= MAX_OPERATIONS; kill += 1) {
    const door = await open();
    const { files } = door.world;
    const from = files.operations;
    files.plan = ({ number }) => (number >= from + kill ? "crash" : undefined);
    const first = await answerOf(door.post(request));
    const isDead = files.crashed;
    await door.world.restart(kill % 2 === 0);
    const answers = first === undefined ? [] : [first];
    for (let i = 0; i < 2; i += 1) {
      const again = await answerOf(door.post(request));
      assert.ok(again !== undefined, "a process that lives answers");
      answers.push(again);
    }
    check(door, answers);
    if (!isDead) return kill - 1;
  }
  throw new Error("the request never came to its end");
}

describe("a create that is repeated with its idempotency key after a crash", () => {
  it("makes a message once, wherever the process was killed", async (t) => {
    const body = { To: phone(1), From: NUMBER, Body: "hello" };
    const request = { path: MESSAGES, body, headers: { "Idempotency-Key": "k" } };
    const kills = await killedEverywhere(
      () => MessagingDoor.open(),
      request,
      (door, answers) => {
        assert.equal(door.world.state.messages.size, 1);
        assert.equal(new Set(answers.map(({ body: text }) => text)).size, 1, "every answer is the same");
        assert.ok(answers.every(({ status }) => status === 201));
        const { carriers } = door.world;
        assert.ok(carriers.every((carrier) => carrier.submissions.length <= 1));
      },
    );
    t.diagnostic(`killed at ${kills} operations`);
    assert.ok(kills >= 1);
  });

  it("makes each of many messages once", async (t) => {
    const messages = Array.from({ length: 450 }, (_, i) => ({ To: phone(i) }));
    const body = JSON.stringify({ defaults: { From: NUMBER, Body: "hello" }, messages });
    const request = { path: BULK, body, headers: { "Idempotency-Key": "k" } };
    const kills = await killedEverywhere(
      () => MessagingDoor.open(),
      request,
      (door, answers) => {
        assert.equal(door.world.state.messages.size, 450);
        const whole = answers.filter(({ body: text }) => (JSON.parse(text) as { accepted: number }).accepted === 450);
        assert.equal(new Set(whole.map(({ body: text }) => text)).size, 1);
        assert.ok(whole.length >= 2);
      },
    );
    t.diagnostic(`killed at ${kills} operations`);
    assert.ok(kills >= 3);
  });

  it("makes a row of another database once at most, and says where to look when nobody can tell", async (t) => {
    const seen = new Set<string>();
    let rows: string[] = [];
    const open = (): Promise<MessagingDoor> => {
      rows = [];
      return MessagingDoor.open({}, [rowRoute(() => rows.push("row"))]);
    };
    const request = { path: ROWS, body: {}, headers: { "Idempotency-Key": "k" } };
    const kills = await killedEverywhere(open, request, (_door, answers) => {
      const [last] = answers.slice(-1);
      seen.add(`${last?.status} after ${rows.length}`);
      assert.equal(rows.length, 1, "begun is durable before the work, and the work is done at once here");
      const given = answers.filter(({ status }) => status === 201);
      assert.ok(new Set(given.map(({ body: text }) => text)).size <= 1, "every success is the same");
      assert.ok(answers.every(({ status }) => status === 201 || status === 409));
    });
    t.diagnostic(`killed at ${kills} operations: ${[...seen].join(", ")}`);
    assert.ok(seen.has("409 after 1") && seen.has("201 after 1"));
  });
});

/** A create whose rows are not in the cell's log. */
function rowRoute(insert: () => number): Route {
  return defineRoute({
    product: "api",
    tag: "Rows",
    access: "account",
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Rows",
    operationId: "CreateRow",
    summary: "Make a row",
    success: 201,
    creates: true,
    run: async () => {
      await settle(2);
      const count = insert();
      if (count > 1) throw new AppError({ code: 1, status: 500, fault: "unknown", retry: "never", message: "twice" });
      return { count };
    },
    view: (row) => row,
  });
}

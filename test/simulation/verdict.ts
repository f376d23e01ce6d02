import assert from "node:assert/strict";
import { waitFor } from "../kit/wait-for.ts";
import type { CrashWorld } from "./crash-world.ts";
import type { RecordedSubmit } from "./recording-smsc.ts";
import { isBusy, type PostedMessage } from "./steady-load.ts";
import type { LoadTarget } from "./steady-poster.ts";

const DRAIN_LIMIT_MS = 60_000;
const FINAL: ReadonlySet<string> = new Set(["delivered", "undelivered", "failed", "canceled"]);
/** Statuses in the order in which they may be told. */
const RANK: ReadonlyMap<string, number> = new Map([
  ["queued", 0],
  ["sending", 1],
  ["sent", 2],
  ...[...FINAL].map((status) => [status, 3] as const),
]);

/** A message as the API lists it. */
export interface ListedMessage {
  readonly sid: string;
  readonly status: string;
  readonly error_code: number | null;
  readonly to: string;
  readonly body: string;
  readonly num_segments: string;
}

/** Every message of the account. */
export async function listAll(target: LoadTarget): Promise<ListedMessage[]> {
  const messages: ListedMessage[] = [];
  const credentials = Buffer.from(`${target.accountSid}:${target.authToken}`).toString("base64");
  let uri: string | null = `/2010-04-01/Accounts/${target.accountSid}/Messages.json?PageSize=1000`;
  while (uri !== null) {
    const response = await fetch(target.baseUrl + uri, { headers: { Authorization: `Basic ${credentials}` } });
    assert.equal(response.status, 200);
    const page = (await response.json()) as { messages: ListedMessage[]; next_page_uri: string | null };
    messages.push(...page.messages);
    uri = page.next_page_uri;
  }
  return messages;
}

/** Waits until every message is done, every receipt is taken and every final status is told. */
export async function drained(world: CrashWorld): Promise<ListedMessage[]> {
  await world.load.stop();
  let open: unknown;
  try {
    return await waitFor(
      "everything to be done",
      async () => {
        const listed = await listAll(world.system);
        const unfinished = listed.filter(({ status }) => !FINAL.has(status));
        const untold = listed.filter(({ sid, status }) => !world.sink.callbacks.has(`${sid}:${status}`));
        const { receiptsOwed } = world.smsc;
        open = { unfinished: unfinished.slice(0, 5), untold: untold.slice(0, 5), receiptsOwed };
        return unfinished.length === 0 && untold.length === 0 && receiptsOwed === 0 && listed;
      },
      DRAIN_LIMIT_MS,
    );
  } catch (error) {
    throw new Error(`not drained: ${JSON.stringify(open)}`, { cause: error });
  }
}

/** Checks everything that must hold once all is done, and gives the counts. */
export function judge(world: CrashWorld, listed: readonly ListedMessage[]): Record<string, number> {
  const bySid = new Map(listed.map((message) => [message.sid, message]));
  assert.equal(bySid.size, listed.length, "every message is listed once");
  for (const { sid, body } of world.load.accepted) {
    assert.equal(bySid.get(sid ?? "")?.body, body, `${sid} was accepted and is there`);
  }
  const { duplicates, seenBy } = matchSubmits(world, listed);
  assert.deepEqual(duplicates, [], "the carrier saw no part twice");
  checkOutcomes(listed, seenBy);
  for (const { id, receiptsTaken } of world.smsc.submits)
    assert.equal(receiptsTaken, 1, `the receipt of ${id} is taken once`);
  checkCallbacks(world, listed);
  const withStatus = (status: string): number => listed.filter((message) => message.status === status).length;
  return {
    posted: world.load.posted.length,
    accepted: world.load.accepted.length,
    existing: listed.length,
    kills: world.kills,
    unknown: world.unknown,
    submits: world.smsc.submits.length,
    duplicates: duplicates.length,
    delivered: withStatus("delivered"),
    undelivered: withStatus("undelivered"),
    failed: withStatus("failed"),
    receipts: world.smsc.submits.reduce((sum, { receiptsGiven }) => sum + receiptsGiven, 0),
    callbacks: world.sink.total,
    repeatedCallbacks: world.sink.repeated,
  };
}

/** Which submits belong to which message, by number and text, and those that are there twice. */
function matchSubmits(
  world: CrashWorld,
  listed: readonly ListedMessage[],
): { duplicates: string[]; seenBy: Map<string, RecordedSubmit[]> } {
  const posted = new Map<string, PostedMessage>();
  for (const message of world.load.posted) posted.set(message.body, message);
  const bySequence = new Map<number, ListedMessage>();
  for (const message of listed) {
    const sequence = posted.get(message.body)?.sequence ?? -1;
    assert.ok(sequence >= 0, `${message.sid} was asked for`);
    assert.ok(!bySequence.has(sequence), `${message.body} exists once`);
    bySequence.set(sequence, message);
  }
  const byNumber = new Map<string, ListedMessage>();
  for (const message of listed) byNumber.set(message.to.slice(1), message);
  const seen = new Set<string>();
  const duplicates: string[] = [];
  const seenBy = new Map<string, RecordedSubmit[]>();
  for (const submit of world.smsc.submits) {
    const key = `${submit.to} ${submit.octets.toString("latin1")}`;
    if (seen.has(key)) duplicates.push(key);
    seen.add(key);
    const sequence = /^message (\d+)\./.exec(submit.octets.toString("latin1"))?.[1];
    const message = sequence === undefined ? byNumber.get(submit.to) : bySequence.get(Number(sequence));
    assert.ok(message !== undefined, `the carrier got ${key}, which no message is about`);
    const submits = seenBy.get(message.sid);
    if (submits === undefined) seenBy.set(message.sid, [submit]);
    else submits.push(submit);
  }
  return { duplicates, seenBy };
}

type SeenBy = ReadonlyMap<string, readonly RecordedSubmit[]>;

/** How a message must have ended, from what the carrier has of it. */
function dueStatus(
  { sid, num_segments: parts }: ListedMessage,
  seenBy: SeenBy,
): "delivered" | "undelivered" | "failed" {
  const submits = seenBy.get(sid) ?? [];
  if (submits.length === 0) return "failed";
  const isComplete = submits.length === Number(parts);
  return isComplete && submits.every(({ state }) => state === "DELIVERED") ? "delivered" : "undelivered";
}

function checkOutcomes(listed: readonly ListedMessage[], seenBy: SeenBy): void {
  const wrong = listed.filter((message) => {
    const due = dueStatus(message, seenBy);
    // What was journalled and never left is not known to be lost, and ends as undelivered.
    const isSame = message.status === due || (due === "failed" && message.status === "undelivered");
    return !isSame && !isBusy(message.to);
  });
  const shown = wrong.slice(0, 10).map((message) => ({ ...message, due: dueStatus(message, seenBy) }));
  assert.deepEqual(shown, [], "a message is delivered exactly if the carrier has delivered all of it");
  // Between the same two numbers a receipt without a response may be taken for that of a neighbour, but never twice.
  const busy = listed.filter(({ to }) => isBusy(to));
  const delivered = (isIt: (message: ListedMessage) => boolean): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const message of busy) counts[message.to] = (counts[message.to] ?? 0) + (isIt(message) ? 1 : 0);
    return counts;
  };
  assert.deepEqual(
    delivered((message) => message.status === "delivered"),
    delivered((message) => dueStatus(message, seenBy) === "delivered"),
    "as many messages to a busy number are delivered as the carrier has delivered",
  );
}

function checkCallbacks(world: CrashWorld, listed: readonly ListedMessage[]): void {
  for (const [key, { tokens }] of world.sink.callbacks) {
    assert.equal(tokens.size, 1, `every repetition of ${key} has the same token`);
  }
  for (const { sid, status } of listed) {
    const told = world.sink.order.get(sid) ?? [];
    assert.equal(told.at(-1), status, `the last that is told of ${sid} is how it ended`);
    const ranks = told.map((one) => RANK.get(one) ?? -1);
    assert.deepEqual(
      ranks,
      [...new Set(ranks)].toSorted((a, b) => a - b),
      `${sid} is told in order: ${told.join(", ")}`,
    );
  }
}

/**
 * Scheduled messages: a million of them in bounded memory, how late those are that fall due
 * at a peak, and a start with many that are overdue. `npm run bench -- scheduled`.
 */
import { tmpdir } from "node:os";
import { createMessage } from "../src/modules/messaging/index.ts";
import { accountOf, openPlace, SENDER, SERVICE, type BenchCell } from "./scheduled/cell.ts";
import { printTable } from "./sms/table.ts";

const LEAST_AHEAD_MS = 300_000;
const DAY_MS = 86_400_000;
const ACCOUNTS = 100;
const IN_FLIGHT = 1_000;
const MIB = 1_048_576;
/** Resident memory is looked at this often. */
const WATCH_MS = 100;

interface Options {
  readonly messages: number;
  readonly peakSeconds: number;
  readonly perSecond: number;
  readonly folder: string;
}

const NAMES = ["--messages", "--peak-seconds", "--per-second", "--folder"] as const;

function readOptions(args: readonly string[]): Options {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at] ?? "";
    if (!NAMES.some((known) => known === name)) throw new Error(`${name} is none of ${NAMES.join(", ")}`);
    given.set(name, args[at + 1] ?? "");
  }
  return {
    messages: Number(given.get("--messages") ?? 1_000_000),
    peakSeconds: Number(given.get("--peak-seconds") ?? 20),
    perSecond: Number(given.get("--per-second") ?? 2_000),
    folder: given.get("--folder") ?? tmpdir(),
  };
}

const rssMiB = (): number => Math.round(process.memoryUsage().rss / MIB);
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Schedules messages, so many at a time, and gives each one's SID to `note`. */
async function fill(
  { module }: BenchCell,
  count: number,
  input: { readonly sendAtMs: (n: number) => number; readonly note: (sid: string, n: number) => void },
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      try {
        const { sid } = await createMessage(module.deps, {
          accountSid: accountOf(n % ACCOUNTS),
          direction: "outbound-api",
          to: `+4477${String(n).padStart(8, "0")}`,
          messagingServiceSid: SERVICE,
          body: `Your appointment number ${n} is tomorrow. Reply STOP to hear no more of us.`,
          schedule: { type: "fixed", sendAtMs: input.sendAtMs(n) },
        });
        input.note(sid, n);
      } catch {
        // The projection is behind: a client would come again.
        next = Math.min(next, n);
        await pause(50);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

function quantiles(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { "p50 ms": at(0.5), "p99 ms": at(0.99), "p99.9 ms": at(0.999), "max ms": at(1) };
}

/** Runs the benchmark and prints what was seen. */
export async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  const { messages, peakSeconds, perSecond } = options;
  const peak = Math.min(messages, peakSeconds * perSecond);
  const place = await openPlace(options.folder);
  const dueOf = new Map<string, number>();
  const submitted = new Map<string, number>();
  let doubled = 0;
  const onSubmit = (sid: string, atMs: number): void => {
    if (submitted.has(sid)) doubled += 1;
    submitted.set(sid, atMs);
  };
  try {
    const cell = await place.open(onSubmit);
    const empty = rssMiB();
    const began = Date.now();
    // Long enough for all others to be scheduled before.
    const peakAtMs = began + LEAST_AHEAD_MS + Math.ceil(messages / 8);
    const note = (sid: string, n: number): void => void dueOf.set(sid, peakAtMs + Math.floor((n * 1_000) / perSecond));
    await fill(cell, peak, { sendAtMs: (n) => peakAtMs + Math.floor((n * 1_000) / perSecond), note });
    const farAtMs = peakAtMs + DAY_MS;
    await fill(cell, messages - peak, { sendAtMs: (n) => farAtMs + (n % DAY_MS), note: () => {} });
    const filledSeconds = (Date.now() - began) / 1_000;
    await cell.settle();
    await cell.cell.checkpoint();
    const [database] = await place.database.query<{ size: string }>(
      "select pg_size_pretty(pg_database_size(current_database())) as size",
    );
    printTable(`${messages} scheduled, for ${ACCOUNTS} accounts, from ${SENDER}`, [
      {
        seconds: Math.round(filledSeconds),
        "a second": Math.round(messages / filledSeconds),
        "RSS MiB, empty": empty,
        "with all": rssMiB(),
        "messages in memory": cell.module.status().messages,
        PostgreSQL: database?.size ?? "",
      },
    ]);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, rssMiB())), WATCH_MS);
    const leftMs = peakAtMs - Date.now();
    console.log(`  the peak of ${perSecond} a second for ${peakSeconds} s begins in ${Math.round(leftMs / 1_000)} s`);
    const endMs = peakAtMs + peakSeconds * 1_000 + 60_000;
    while (submitted.size < peak && Date.now() < endMs) await pause(500);
    clearInterval(watch);
    const late = [...dueOf].map(([sid, dueMs]) => (submitted.get(sid) ?? endMs) - dueMs);
    printTable(`due → given to the carrier, ${perSecond} a second`, [
      {
        due: peak,
        submitted: submitted.size,
        twice: doubled,
        early: late.filter((ms) => ms < 0).length,
        ...quantiles(late),
        "RSS MiB, most": most,
      },
    ]);
    await cell.close();
    await overdue({ place, onSubmit, submitted });
  } finally {
    await place.close();
  }
}

/** The cell starts again and finds a hundred thousand overdue, of which all but a hundred are one account's. */
async function overdue({
  place,
  onSubmit,
  submitted,
}: {
  readonly place: Awaited<ReturnType<typeof openPlace>>;
  readonly onSubmit: (sid: string, atMs: number) => void;
  readonly submitted: Map<string, number>;
}): Promise<void> {
  const backlog = 100_000;
  const few = 100;
  await place.database.query(
    `update messages set due_at = now() - interval '1 hour', account_sid = $2
     where id in (select id from messages where due_at is not null order by due_at limit $1)`,
    [backlog, accountOf(0)],
  );
  await place.database.query(
    `update messages set due_at = now() - interval '1 second', account_sid = $2 where id in
       (select id from messages where due_at < now() order by id desc limit $1)`,
    [few, accountOf(1)],
  );
  const rows = await place.database.query<{ sid: string }>(
    "select sid from messages where account_sid = $1 and due_at < now()",
    [accountOf(1)],
  );
  submitted.clear();
  const startedMs = Date.now();
  const cell = await place.open(onSubmit);
  const endMs = startedMs + 180_000;
  while (submitted.size < backlog && Date.now() < endMs) await pause(100);
  const fewMs = rows.map(({ sid }) => (submitted.get(sid) ?? endMs) - startedMs);
  printTable("a start with 100,000 overdue of one account and 100 of another", [
    {
      "all after s": Math.round((Math.max(...submitted.values()) - startedMs) / 100) / 10,
      "a second": Math.round((submitted.size * 1_000) / (Math.max(...submitted.values()) - startedMs)),
      "the hundred after s": Math.round(Math.max(...fewMs) / 100) / 10,
      "RSS MiB": rssMiB(),
    },
  ]);
  await cell.close();
}

import { Rollups, words } from "../../src/modules/insights/rollups/index.ts";
import { messageFacts } from "../../test/kit/message-facts.ts";
import { DAY_START } from "./events.ts";
import { rounded } from "./times.ts";

const ROUNDS = 5;
const SECOND_MS = 1_000;
export const HASH_KEY = { low: 0x1234_5678, high: 0x0abc_def0 };

/** One way of counting. */
export interface FoldRow {
  readonly what: string;
  readonly rows: number;
  readonly "ns, best": number;
  readonly "ns, worst": number;
  readonly "CPU ns": number;
}

/** What it costs to count one change. */
export function measureFolds(): FoldRow[] {
  return [
    inOneBin("few accounts, 1,000 combinations, in the cache", { messages: 300, accounts: 20, times: 600 }),
    inOneBin("1,000 accounts, 20,000 combinations", { messages: 7_000, accounts: 1_000, times: 30 }),
    inOneBin("100,000 accounts, 170,000 combinations", { messages: 50_000, accounts: 100_000, times: 4 }),
    atRate(),
  ];
}

/** The same changes again and again in one bin: the fold alone. */
function inOneBin(
  what: string,
  { messages, accounts, times }: { messages: number; accounts: number; times: number },
): FoldRow {
  const facts = messageFacts(messages, { seed: 5, accounts, startMs: DAY_START, spanMs: SECOND_MS }).map(
    ({ fact }) => fact,
  );
  const rollups = new Rollups({ maxRows: 1_000_000, hashKey: HASH_KEY });
  const fold = (): void => {
    for (let time = 0; time < times; time += 1) for (const fact of facts) rollups.fold(fact, DAY_START + SECOND_MS);
  };
  fold();
  return measured(what, facts.length * times, fold, () => rollups.level(0).open.messages.rows);
}

/** A minute of 1,000 messages a second, with everything that closing bins costs. */
function atRate(): FoldRow {
  const terms = { seed: 6, accounts: 1_000, recipients: 1_000_000, startMs: DAY_START, spanMs: 60 * SECOND_MS };
  const facts = messageFacts(60_000, terms).filter(({ atMs }) => atMs < DAY_START + 60 * SECOND_MS);
  const rollups = new Rollups({ maxRows: 50_000, hashKey: HASH_KEY });
  let minute = 0;
  const fold = (): void => {
    for (const { fact, atMs } of facts) rollups.fold(fact, atMs + minute * 60 * SECOND_MS);
    minute += 1;
  };
  fold();
  return measured("1,000 messages/s, 1,000 accounts, with closing and merging of bins", facts.length, fold, () => {
    return (rollups.level(1).bins.at(-1)?.messages.length ?? 0) / words.MESSAGE_ROW.stride;
  });
}

function measured(what: string, count: number, work: () => void, rows: () => number): FoldRow {
  const took: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    const started = process.hrtime.bigint();
    work();
    took.push(Number(process.hrtime.bigint() - started) / count);
    const { user, system } = process.cpuUsage(before);
    cpu.push(((user + system) * 1_000) / count);
  }
  return {
    what,
    rows: rows(),
    "ns, best": rounded(Math.min(...took), 0),
    "ns, worst": rounded(Math.max(...took), 0),
    "CPU ns": rounded(Math.min(...cpu), 0),
  };
}

/**
 * The spam check: CPU a message of 160 characters beside a naive check for exact duplicates,
 * memory, and precision and recall by class on the generated corpus.
 * `node dist/bench/run.js spam [messages] [seeds]`; 0 messages leave out the CPU, 0 seeds the corpus.
 */
import { createHash } from "node:crypto";
import { DEFAULT_THRESHOLDS, SpamFilter, type SpamDraft } from "../src/modules/compliance/spam/index.ts";
import { makeCorpus, measureQuality } from "../test/kit/spam-corpus/index.ts";

const TEXT_CHARACTERS = 160;
const PADDING =
  " Thank you for being with us; we look forward to seeing you again soon, and wish you a very pleasant day and a good week ahead from all of us here at the shop.";
const NAIVE_WINDOW = 100_000;
const HALVES = ["train", "held-out"] as const;

type Row = Record<string, string | number>;

/** Runs once and prints its tables. */
export async function run(args: string[]): Promise<void> {
  const [messages = 500_000, seeds = 5] = args.map(Number);
  if (messages > 0) console.table(cpuRows(messages));
  for (const half of seeds > 0 ? HALVES : []) {
    console.log(
      `Corpus, ${half} templates, seeds 1 to ${seeds}, refused from ${DEFAULT_THRESHOLDS.block}, flagged from ${DEFAULT_THRESHOLDS.flag}`,
    );
    console.table(qualityRows(half, seeds));
  }
  return Promise.resolve();
}

function cpuRows(messages: number): Row[] {
  const startMs = Date.UTC(2026, 0, 5);
  const row = (what: string, perCampaign: number): Row => {
    const draftAt = draftsOf(perCampaign);
    const filter = new SpamFilter();
    return cpuRow(what, messages, (at) => filter.judge(draftAt(at), startMs + at * 5), filter.octets);
  };
  const naive = new ExactDuplicates();
  const draftAt = draftsOf(20);
  return [
    row("spam check, one of 20 messages is spam", 20),
    row("spam check, one of 3 is", 200),
    cpuRow("exact duplicates: SHA-256 and a Map", messages, (at) => naive.count(draftAt(at)), 0),
  ];
}

/** Messages of 160 characters by their number, in the order of the corpus, over and over. */
function draftsOf(perCampaign: number): (at: number) => SpamDraft {
  const drafts = makeCorpus({ seed: 1, half: "train", perDay: 100, perCampaign }).map(
    ({ accountSid, from, to, body }): SpamDraft => ({
      accountSid,
      from,
      to,
      // A copy in one piece, as a parser would make it.
      body: JSON.parse(JSON.stringify((body + PADDING).slice(0, TEXT_CHARACTERS))) as string,
    }),
  );
  return (at) => drafts[at % drafts.length] ?? { accountSid: "", from: "", to: "", body: "" };
}

/** What one would write first: how often an account sent exactly this text. */
class ExactDuplicates {
  private readonly seen = new Map<string, number>();

  count({ accountSid, body }: SpamDraft): number {
    const key = createHash("sha256").update(accountSid).update(body).digest("base64");
    const count = (this.seen.get(key) ?? 0) + 1;
    this.seen.delete(key);
    this.seen.set(key, count);
    if (this.seen.size <= NAIVE_WINDOW) return count;
    for (const oldest of this.seen.keys()) {
      this.seen.delete(oldest);
      break;
    }
    return count;
  }
}

function cpuRow(what: string, messages: number, work: (at: number) => unknown, octets: number): Row {
  for (let at = 0; at < messages / 5; at += 1) work(at);
  const rounds = [0, 1, 2].map((round) => {
    const before = process.cpuUsage();
    for (let at = 0; at < messages; at += 1) work(at + round);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / messages;
  });
  return {
    what,
    "CPU µs, best": fixed(Math.min(...rounds)),
    "CPU µs, worst": fixed(Math.max(...rounds)),
    "tables, MB": octets === 0 ? "grows" : fixed(octets / 1e6),
  };
}

function qualityRows(half: (typeof HALVES)[number], seeds: number): Row[] {
  const classes = new Map<string, { messages: number; blocked: number; flagged: number }>();
  const totals = { blockPrecision: 0, blockRecall: 0, flagPrecision: 0, flagRecall: 0, blockAlarms: 0, flagAlarms: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const quality = measureQuality({ seed, half });
    for (const [kind, { messages, blocked, flagged }] of quality.classes) {
      const sum = classes.get(kind) ?? { messages: 0, blocked: 0, flagged: 0 };
      classes.set(kind, sum);
      sum.messages += messages;
      sum.blocked += blocked;
      sum.flagged += flagged;
    }
    totals.blockPrecision += quality.block.precision / seeds;
    totals.blockRecall += quality.block.recall / seeds;
    totals.flagPrecision += quality.flag.precision / seeds;
    totals.flagRecall += quality.flag.recall / seeds;
    totals.blockAlarms += quality.block.falseAlarms / seeds;
    totals.flagAlarms += quality.flag.falseAlarms / seeds;
  }
  const rows: Row[] = [...classes]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([kind, { messages, blocked, flagged }]) => ({
      class: kind,
      messages,
      "refused %": percent(blocked / messages),
      "refused or flagged %": percent(flagged / messages),
    }));
  rows.push(
    {
      class: "precision",
      messages: "",
      "refused %": percent(totals.blockPrecision),
      "refused or flagged %": percent(totals.flagPrecision),
    },
    {
      class: "recall",
      messages: "",
      "refused %": percent(totals.blockRecall),
      "refused or flagged %": percent(totals.flagRecall),
    },
    {
      class: "false alarms",
      messages: "",
      "refused %": percent(totals.blockAlarms),
      "refused or flagged %": percent(totals.flagAlarms),
    },
  );
  return rows;
}

const percent = (share: number): string => (share * 100).toFixed(1);
const fixed = (value: number): number => Math.round(value * 100) / 100;

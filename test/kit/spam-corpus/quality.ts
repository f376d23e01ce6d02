import { SpamFilter, spamLists, type SpamThresholds } from "../../../src/modules/compliance/spam/index.ts";
import { CORPUS_BRANDS, makeCorpus, type CorpusMessage, type CorpusOptions } from "./corpus.ts";

/** How many of a class were blocked, or at least flagged. */
export interface ClassCount {
  messages: number;
  blocked: number;
  flagged: number;
}

export interface Quality {
  readonly classes: ReadonlyMap<string, ClassCount>;
  /** Of what was blocked (or flagged), the share that is spam; of the spam, the share that was. */
  readonly block: { readonly precision: number; readonly recall: number; readonly falseAlarms: number };
  readonly flag: { readonly precision: number; readonly recall: number; readonly falseAlarms: number };
}

/** Shows the filter a corpus, message by message, and counts what it says. */
export function measureQuality(
  options: CorpusOptions & {
    readonly thresholds?: SpamThresholds;
    readonly each?: (message: CorpusMessage, score: number, filter: SpamFilter, reason: string) => void;
  },
): Quality {
  const filter = new SpamFilter({
    sizes: { templates: 4_096, recipients: 65_536, domains: 8_192, usages: 16_384 },
    ...(options.thresholds === undefined ? {} : { thresholds: options.thresholds }),
  });
  filter.lists = spamLists({ brands: CORPUS_BRANDS });
  const classes = new Map<string, ClassCount>();
  const sums = { spam: 0, good: 0, spamBlocked: 0, goodBlocked: 0, spamFlagged: 0, goodFlagged: 0 };
  for (const message of makeCorpus(options)) {
    const found = filter.judge(message, message.atMs);
    options.each?.(message, found?.score ?? 0, filter, found?.reason ?? "");
    if (message.isWarmUp) continue;
    const count = classes.get(message.kind) ?? { messages: 0, blocked: 0, flagged: 0 };
    classes.set(message.kind, count);
    count.messages += 1;
    if (found !== undefined) count.flagged += 1;
    if (found?.action === "block") count.blocked += 1;
    sums[message.isSpam ? "spam" : "good"] += 1;
    if (found !== undefined) sums[message.isSpam ? "spamFlagged" : "goodFlagged"] += 1;
    if (found?.action === "block") sums[message.isSpam ? "spamBlocked" : "goodBlocked"] += 1;
  }
  const { spam, good, spamBlocked, goodBlocked, spamFlagged, goodFlagged } = sums;
  return {
    classes,
    block: {
      precision: share(spamBlocked, spamBlocked + goodBlocked),
      recall: share(spamBlocked, spam),
      falseAlarms: share(goodBlocked, good),
    },
    flag: {
      precision: share(spamFlagged, spamFlagged + goodFlagged),
      recall: share(spamFlagged, spam),
      falseAlarms: share(goodFlagged, good),
    },
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

import type { Clock } from "../../platform/ports.ts";
import { Doubles, keyOf, Slices, sortPairs, type SortedPairs } from "./table/index.ts";

/** Networks of single numbers, which count before those of their prefixes. Answers from memory, at once. */
export interface PortedNumbers {
  /** Code of the network that a number in E.164 is in now; `undefined` where it is where its prefix says, or not known. */
  networkOf(e164: string): string | undefined;
}

/** The first answer of several. */
export function firstKnown(sources: readonly PortedNumbers[]): PortedNumbers {
  return {
    networkOf(e164) {
      for (const source of sources) {
        const network = source.networkOf(e164);
        if (network !== undefined) return network;
      }
      return undefined;
    },
  };
}

const MAX_PORTED = 50_000_000;
const MAX_NETWORKS = 50_000;
const MAX_LINE_CHARACTERS = 1_000;
const STEPS_PER_LINE = 8;
const LINE = /^\+?([1-9]\d{6,14})\s*[,;\t]\s*"?([^",;\t]{1,64}?)"?\s*$/;

/** Numbers and their networks, 12 octets each. */
class PortedTable implements PortedList {
  private readonly pairs: SortedPairs;
  private readonly networks: readonly string[];

  constructor(pairs: SortedPairs, networks: readonly string[]) {
    this.pairs = pairs;
    this.networks = networks;
  }

  get size(): number {
    return this.pairs.keys.length;
  }

  networkOf(e164: string): string | undefined {
    const { keys, values } = this.pairs;
    const key = keyOf(e164, e164.startsWith("+") ? 1 : 0);
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Of a number that is there several times, the last one counts.
      if (keys.at(middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low > 0 && keys.at(low - 1) === key ? this.networks[values.at(low - 1)] : undefined;
  }
}

/** A line that is no number and network. */
export class PortedNumbersError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line} of the ported numbers: ${reason}`);
    this.name = "PortedNumbersError";
    this.line = line;
  }
}

/** Numbers that were read at once. */
export interface PortedList extends PortedNumbers {
  /** Lines with a number. */
  readonly size: number;
}

/**
 * Reads lines of `number,network`; a first line without digits is a heading, empty ones
 * are passed over, and of a number that is there several times the last line counts. The
 * text may come in pieces of any length. In slices. Rejects with {@link PortedNumbersError}.
 */
export async function readPortedNumbers(
  csv: string | AsyncIterable<string>,
  pause: () => Promise<void>,
): Promise<PortedList> {
  const slices = new Slices(pause);
  const reader = new PortedReader();
  let rest = "";
  for await (const piece of typeof csv === "string" ? [csv] : csv) {
    const text = rest + piece;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      reader.read(text.slice(start, end));
      start = end + 1;
      if (slices.due(STEPS_PER_LINE)) await slices.rest();
    }
    rest = text.slice(start);
    if (rest.length > MAX_LINE_CHARACTERS) reader.read(rest);
  }
  if (rest !== "") reader.read(rest);
  const { numbers, networks, index } = reader;
  return new PortedTable(await sortPairs(numbers, networks, slices), [...index.keys()]);
}

/** Takes lines and keeps what they say. */
class PortedReader {
  readonly numbers = new Doubles();
  readonly networks = new Doubles();
  readonly index = new Map<string, number>();
  private line = 0;

  read(line: string): void {
    this.line += 1;
    const text = line.length > MAX_LINE_CHARACTERS ? "" : line.trim();
    if (line.length <= MAX_LINE_CHARACTERS && (text === "" || (this.line === 1 && !/\d/.test(text)))) return;
    const [, number, network] = LINE.exec(text) ?? [];
    if (number === undefined || network === undefined) this.fail("a number and a network are expected");
    const at = this.index.get(network) ?? this.index.size;
    this.index.set(network, at);
    if (this.numbers.length >= MAX_PORTED) this.fail(`there are more than ${MAX_PORTED} numbers`);
    if (at >= MAX_NETWORKS) this.fail(`there are more than ${MAX_NETWORKS} networks`);
    this.numbers.push(keyOf(number, 0));
    this.networks.push(at);
  }

  private fail(reason: string): never {
    throw new PortedNumbersError(this.line, reason);
  }
}

/** How ported numbers are looked up elsewhere. */
export interface LookupOptions {
  /** Asks for a number's network; resolves to `undefined` where it was never ported. */
  readonly lookUp: (e164: string) => Promise<string | undefined>;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** How long an answer holds; a day by default. */
  readonly keepMs?: number;
  /** How long nothing is asked again after a failure; a minute by default. */
  readonly failedMs?: number;
  /** Answers that are kept; 1,000,000 by default. */
  readonly maxKept?: number;
  /** Questions at once; 64 by default. What is beyond is not asked now. */
  readonly maxAsked?: number;
}

interface Kept {
  readonly network: string | undefined;
  readonly untilMs: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * A memory in front of a look-up that takes its time: a number that is not known yet goes
 * by its prefix now, and by the answer the next time.
 */
export class LookedUpNumbers implements PortedNumbers {
  private readonly options: Required<LookupOptions>;
  /** Oldest first. */
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Set<string>();

  constructor(options: LookupOptions) {
    this.options = { keepMs: DAY_MS, failedMs: MINUTE_MS, maxKept: 1_000_000, maxAsked: 64, ...options };
  }

  networkOf(e164: string): string | undefined {
    const known = this.kept.get(e164);
    if (known === undefined || known.untilMs <= this.options.clock.monotonicMs()) this.ask(e164);
    return known?.network;
  }

  private ask(e164: string): void {
    if (this.asked.size >= this.options.maxAsked || this.asked.has(e164)) return;
    this.asked.add(e164);
    void this.answer(e164);
  }

  private async answer(e164: string): Promise<void> {
    const { lookUp, keepMs, failedMs } = this.options;
    try {
      const network = await lookUp(e164);
      this.keep(e164, network, keepMs);
    } catch {
      // What was known stays known; the route only is as good as its prefix until then.
      this.keep(e164, this.kept.get(e164)?.network, failedMs);
    } finally {
      this.asked.delete(e164);
    }
  }

  private keep(e164: string, network: string | undefined, keepMs: number): void {
    const { clock, maxKept } = this.options;
    this.kept.delete(e164);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size < maxKept) break;
      this.kept.delete(oldest);
    }
    this.kept.set(e164, { network, untilMs: clock.monotonicMs() + keepMs });
  }
}

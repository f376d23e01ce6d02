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
const LINE = /^\+?([1-9]\d{6,14})\s*[,;\t]\s*"?([^",;\t]{1,64}?)"?\s*$/;

/** Numbers and their networks, 12 octets each. */
class PortedTable implements PortedNumbers {
  private readonly pairs: SortedPairs;
  private readonly networks: readonly string[];

  constructor(pairs: SortedPairs, networks: readonly string[]) {
    this.pairs = pairs;
    this.networks = networks;
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

/**
 * Reads lines of `number,network`; a first line without digits is a heading, empty ones
 * are passed over. In slices. Rejects with {@link PortedNumbersError}.
 */
export async function readPortedNumbers(csv: string, pause: () => Promise<void>): Promise<PortedNumbers> {
  const slices = new Slices(pause);
  const numbers = new Doubles();
  const networks = new Doubles();
  const index = new Map<string, number>();
  let line = 0;
  for (let start = 0; start < csv.length;) {
    const found = csv.indexOf("\n", start);
    const end = found < 0 ? csv.length : found;
    const text = csv.slice(start, end).trim();
    line += 1;
    start = end + 1;
    if (text === "" || (line === 1 && !/\d/.test(text))) continue;
    const [, number, network] = LINE.exec(text) ?? [];
    if (number === undefined || network === undefined)
      throw new PortedNumbersError(line, "a number and a network are expected");
    const at = index.get(network) ?? index.size;
    index.set(network, at);
    if (numbers.length >= MAX_PORTED) throw new PortedNumbersError(line, `there are more than ${MAX_PORTED} numbers`);
    if (at >= MAX_NETWORKS) throw new PortedNumbersError(line, `there are more than ${MAX_NETWORKS} networks`);
    numbers.push(keyOf(number, 0));
    networks.push(at);
    if (slices.due(8)) await slices.rest();
  }
  return new PortedTable(await sortPairs(numbers, networks, slices), [...index.keys()]);
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

import type { Clock, Logger } from "../../../platform/ports.ts";
import type { Setting, SettingIndex } from "../settings/index.ts";
import { readNumbers } from "./number-file.ts";
import type { NumberSet } from "./number-set.ts";

/** A list that the operator has: a file of numbers that want no marketing. */
export interface DoNotCallSource {
  readonly name: string;
  /** Whose numbers it lists, ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Reads the file from its beginning. */
  open(): AsyncIterable<Uint8Array>;
}

/** An account that a list does not bind, for a reason that the operator has seen. */
export interface DoNotCallExemption {
  readonly list: string;
  readonly reason: string;
}

interface LoadedList {
  readonly name: string;
  readonly country: string;
  readonly numbers: NumberSet;
  readonly skipped: number;
  readonly loadedMs: number;
}

/** What the operator is shown of a list. */
export interface DoNotCallStatus {
  readonly name: string;
  readonly country: string;
  readonly numbers: number;
  readonly skipped: number;
  readonly octets: number;
  readonly loadedMs: number | undefined;
}

/** The national do-not-call lists, in memory, and who need not keep to them. */
export class DoNotCallBook implements SettingIndex {
  readonly kinds = ["do-not-call-exemption"] as const;
  private readonly exempt = new Set<string>();
  private readonly sources: readonly DoNotCallSource[];
  private readonly clock: Clock;
  private readonly logger: Logger;
  private byCountry = new Map<string, LoadedList[]>();
  private readonly loaded = new Map<string, LoadedList>();

  constructor(options: { sources: readonly DoNotCallSource[]; clock: Clock; logger: Logger }) {
    this.sources = options.sources;
    this.clock = options.clock;
    this.logger = options.logger;
  }

  /** Reads all files anew, one after the other; a list that cannot be read stays as it was. */
  async load(): Promise<void> {
    for (const source of this.sources) {
      const { name, country } = source;
      try {
        const { numbers, skipped } = await readNumbers(source.open(), country);
        this.loaded.set(name, { name, country, numbers, skipped, loadedMs: this.clock.nowMs() });
        this.logger.info("compliance.do-not-call.loaded", { list: name, numbers: numbers.size, skipped });
      } catch (error) {
        this.logger.error("compliance.do-not-call.failed", { list: name, reason: String(error) });
      }
    }
    const byCountry = new Map<string, LoadedList[]>();
    for (const list of this.loaded.values())
      byCountry.set(list.country, [...(byCountry.get(list.country) ?? []), list]);
    this.byCountry = byCountry;
  }

  clear(): void {
    this.exempt.clear();
  }

  put({ accountSid, document }: Setting): void {
    this.exempt.add(`${accountSid}/${(document as DoNotCallExemption).list}`);
  }

  remove({ accountSid, document }: Setting): void {
    this.exempt.delete(`${accountSid}/${(document as DoNotCallExemption).list}`);
  }

  has(country: string): boolean {
    return this.byCountry.has(country);
  }

  isList(name: string): boolean {
    return this.sources.some((source) => source.name === name);
  }

  /** The list that a number is on and the account keeps to. */
  find(accountSid: string, country: string, e164: string): string | undefined {
    const number = Number(e164.slice(1));
    for (const { name, numbers } of this.byCountry.get(country) ?? []) {
      if (numbers.has(number) && !this.exempt.has(`${accountSid}/${name}`)) return name;
    }
    return undefined;
  }

  status(): DoNotCallStatus[] {
    return this.sources.map(({ name, country }) => {
      const list = this.loaded.get(name);
      return {
        name,
        country,
        numbers: list?.numbers.size ?? 0,
        skipped: list?.skipped ?? 0,
        octets: list?.numbers.octets ?? 0,
        loadedMs: list?.loadedMs,
      };
    });
  }
}

import { NONE, OTHER } from "./words.ts";

/**
 * Texts by small numbers, so that a row is made of numbers. 0 is everything that found no room, 1 is `""`.
 * Numbers that nothing uses any more are given again.
 */
export class Names {
  private readonly numbers = new Map<string, number>();
  private texts: (string | undefined)[] = ["", ""];
  private free: number[] = [];
  private readonly maximum: number;

  /** Numbers stay below `maximum`. */
  constructor(maximum: number) {
    this.maximum = maximum;
    this.numbers.set("", NONE);
  }

  /** How many texts have a number. */
  get size(): number {
    return this.numbers.size;
  }

  /** One more than the largest number. */
  get end(): number {
    return this.texts.length;
  }

  /** The number of a text, a new one where it has none; {@link OTHER} where there is no room. */
  numberOf(text: string): number {
    return this.numbers.get(text) ?? this.add(text);
  }

  /** The number of a text that has one. */
  find(text: string): number | undefined {
    return this.numbers.get(text);
  }

  /** `null` for {@link OTHER}, and for what has been forgotten. */
  textOf(number: number): string | null {
    return number === OTHER ? null : (this.texts[number] ?? null);
  }

  private add(text: string): number {
    const number = this.free.pop() ?? this.texts.length;
    if (number >= this.maximum) return OTHER;
    this.texts[number] = text;
    this.numbers.set(text, number);
    return number;
  }

  /** Forgets a text; its number is not given again before no row has it. */
  forget(number: number): void {
    const text = this.texts[number];
    if (number <= NONE || text === undefined) return;
    this.numbers.delete(text);
    this.texts[number] = undefined;
  }

  /** Forgets every text whose number is not marked in `used`. */
  keepOnly(used: Uint8Array): void {
    this.free = [];
    for (let number = this.texts.length - 1; number > NONE; number -= 1) {
      if (used[number] === 1) continue;
      const text = this.texts[number];
      if (text !== undefined) this.numbers.delete(text);
      this.texts[number] = undefined;
      this.free.push(number);
    }
  }

  /** All texts by their numbers, as they are now. */
  copy(): readonly (string | undefined)[] {
    return this.texts.slice();
  }

  /** Takes back what {@link copy} gave, piece by piece. */
  restore(from: number, texts: readonly (string | null)[]): void {
    for (const [at, text] of texts.entries()) {
      const number = from + at;
      this.texts[number] = text ?? undefined;
      if (number > NONE && text !== null) this.numbers.set(text, number);
    }
  }

  /** The numbers that can be given again, for the snapshot. */
  get freed(): readonly number[] {
    return this.free;
  }

  restoreFreed(numbers: readonly number[]): void {
    this.free = [...numbers];
  }
}

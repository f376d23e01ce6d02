/** What is promised, and how it is kept: an objective of `GET /trunkline/v1/Insights/Slo`. */
export interface Level {
  readonly name: string;
  readonly objective: number;
  readonly good: number;
  readonly of: number;
  /** 1 is all, 0 none, below zero a broken promise; null where nothing was. */
  readonly budget_left: number | null;
  readonly windows: readonly LevelWindow[];
}

/** How fast the budget is used up: at 1 it lasts exactly 30 days. */
export interface LevelWindow {
  readonly name: string;
  readonly good: number;
  readonly of: number;
  readonly burn_rate: number | null;
}

function burnRate(good: number, of: number, objective: number): number | null {
  return of === 0 ? null : (of - good) / of / (1 - objective);
}

/** The levels of several cells as one: what was good and what there was add up. */
export function mergeLevels(answers: readonly (readonly Level[])[]): readonly Level[] {
  const merged = new Map<string, Level>();
  for (const level of answers.flat()) {
    const known = merged.get(level.name);
    const good = level.good + (known?.good ?? 0);
    const of = level.of + (known?.of ?? 0);
    const windows = level.windows.map((window): LevelWindow => {
      const before = known?.windows.find(({ name }) => name === window.name);
      const kept = { good: window.good + (before?.good ?? 0), of: window.of + (before?.of ?? 0) };
      return { name: window.name, ...kept, burn_rate: burnRate(kept.good, kept.of, level.objective) };
    });
    const burnt = burnRate(good, of, level.objective);
    merged.set(level.name, { ...level, good, of, windows, budget_left: burnt === null ? null : 1 - burnt });
  }
  return [...merged.values()];
}

/** How a level is called on the page. */
export function titleOf(name: string): string {
  return name === "delivery" ? "Delivered within 5 s" : `API availability, ${name.replace(/^api-/, "")}`;
}

/** How bad it is: the burn of a short and a long window together, as alerts judge it. */
export function toneOfLevel({ budget_left: left, windows }: Level): "good" | "warn" | "bad" | "neutral" {
  if (left === null) return "neutral";
  const burns = windows.map(({ burn_rate: rate }) => rate ?? 0);
  if (left < 0 || burns.slice(0, 2).every((rate) => rate >= 14.4)) return "bad";
  return left < 0.25 || burns.every((rate) => rate >= 1) ? "warn" : "good";
}

/** A share as per cent, with as many places as its nines need. */
export function percent(share: number): string {
  if (share === 1) return "100 %";
  const places = share >= 0.9999 ? 4 : share >= 0.999 ? 3 : share >= 0.99 ? 2 : 1;
  // Rounded down: what is not all is not shown as all.
  const factor = 10 ** places;
  return `${(Math.floor(share * 100 * factor) / factor).toFixed(places)} %`;
}

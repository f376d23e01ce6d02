import { randomBytes } from "node:crypto";
import type { Clock } from "../ports.ts";
import type { LiveSource } from "./source.ts";

/** How often a whole picture is taken at most. */
const PICTURE_MS = 1_000;

export interface FleetSourceOptions {
  /** `fleet` unless told. */
  readonly topic?: string;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** The whole picture, as plain JSON, made quickly. */
  readonly status: () => unknown;
}

/**
 * A source that shows one picture of something: cells and processes. Its only item is the whole picture, whenever
 * it is another one than before, once a second at most; everybody shares the same.
 */
export function fleetSource({ topic = "fleet", clock, status }: FleetSourceOptions): LiveSource {
  const life = randomBytes(6).toString("hex");
  let version = 0;
  let text: string | undefined;
  let items: readonly unknown[] = [];
  let takenMs = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - takenMs < PICTURE_MS) return;
    takenMs = nowMs;
    const picture = status();
    const newText = JSON.stringify(picture);
    if (newText === text) return;
    text = newText;
    items = [picture];
    version += 1;
  };
  return {
    topic,
    ask: ({ cursor, limit }) => {
      look();
      const now = `${life}-${version}`;
      return { cursor: limit === 0 ? (cursor ?? "") : now, items: cursor === now || limit === 0 ? [] : items };
    },
  };
}

import { useEffect, useMemo, useRef, useState } from "react";
import { pointValue, type SeriesPiece } from "../../../src/protocols/sketches/index.ts";
import { type LiveStatus, useLive } from "../api/index.ts";
import { SeriesBoard, type SeriesItem } from "./series-board.ts";

/** What is asked: a range that ends now. */
export interface SeriesAsked {
  readonly metric: string;
  readonly by?: readonly string[];
  readonly filter?: Readonly<Record<string, readonly string[]>>;
  readonly rangeMs: number;
  readonly stepMs: number;
  readonly top?: number;
  /** For operators: of all accounts and cells. */
  readonly all?: boolean;
}

/** A series as it stands, and how watching goes. */
export interface SeriesShown extends LiveStatus {
  readonly piece: SeriesPiece | undefined;
  /** The beginning of each point. */
  readonly times: readonly number[];
}

const DEFAULT_TOP = 8;
/** The window moves on also while nothing happens. */
const TICK_MS = 1_000;

/** Watches a series of all the cells that it is about. */
export function useSeries(asked: SeriesAsked): SeriesShown {
  const { metric, by = [], filter = {}, rangeMs, stepMs, top = DEFAULT_TOP, all } = asked;
  const query = { metric, by, filter, rangeMs, stepMs, top };
  const key = JSON.stringify([query, all]);
  const board = useRef({ key, board: new SeriesBoard() });
  if (board.current.key !== key) board.current = { key, board: new SeriesBoard() };
  const [version, setVersion] = useState(0);
  const status = useLive<SeriesItem>(
    "series",
    query,
    (items, { from }) => {
      for (const item of items) board.current.board.take(from, item);
      setVersion((known) => known + 1);
    },
    { all },
  );
  const endMs = useWindowEnd(stepMs);
  const points = Math.ceil(rangeMs / stepMs);
  return useMemo(() => {
    const piece = board.current.board.read({ endMs, stepMs, points }, top);
    const times = Array.from({ length: points }, (_, at) => endMs - (points - at) * stepMs);
    return { ...status, piece, times };
    // The board is changed in place; its version says when.
  }, [version, key, endMs, points, stepMs, top, status.isLive, status.state, status.error, status.lost]);
}

/** The end of the point that is counted in now. */
function useWindowEnd(stepMs: number): number {
  const endOf = (nowMs: number): number => nowMs - (nowMs % stepMs) + stepMs;
  const [endMs, setEndMs] = useState(() => endOf(Date.now()));
  useEffect(() => {
    const tick = (): void => setEndMs(endOf(Date.now()));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [stepMs]);
  return endMs;
}

/** The values of a group; `null` where there is nothing to tell. `scale` turns counts into what is shown, such as a rate. */
export function valuesOf(piece: SeriesPiece, at: number, quantile?: number, scale = 1): (number | null)[] {
  const group = piece.groups[at];
  if (group === undefined) return [];
  return Array.from({ length: piece.points }, (_, point) => {
    const value = pointValue(group, point, quantile);
    return value === null ? null : value * scale;
  });
}

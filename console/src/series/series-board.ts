import { mergePieces, type SeriesGroup, type SeriesPiece } from "../../../src/protocols/sketches/index.ts";

/** What a cell tells of a series: points that stand in place of those that are known of it for the same times. */
export interface SeriesItem extends SeriesPiece {
  /** The whole range; else only what changed. */
  readonly isWhole: boolean;
}

/** The window that is looked at. */
export interface SeriesWindow {
  /** The end of the last point, in epoch milliseconds: a multiple of the step. */
  readonly endMs: number;
  readonly stepMs: number;
  readonly points: number;
}

interface Point {
  readonly count: number;
  readonly of: number;
  readonly sketch: string | null;
}

/** What one cell has told, by group and time. */
interface CellPoints {
  readonly kind: SeriesPiece["kind"];
  readonly stepMs: number;
  readonly groups: Map<string, { readonly key: SeriesGroup["key"]; readonly points: Map<number, Point> }>;
}

/** Beyond it the smallest groups of a cell are not worth to be kept. */
const MAX_GROUPS = 200;

/** Puts together what the cells tell of one series, while they tell it. */
export class SeriesBoard {
  private readonly cells = new Map<string, CellPoints>();

  /** Takes what a cell told. */
  take(cell: string, item: SeriesItem): void {
    const { kind, startMs, stepMs, points } = item;
    const known = item.isWhole ? undefined : this.cells.get(cell);
    const board: CellPoints = known ?? { kind, stepMs, groups: new Map() };
    this.cells.set(cell, board);
    if (known !== undefined) forget(board, startMs, startMs + points * stepMs);
    for (const group of item.groups) {
      const name = JSON.stringify(group.key);
      let into = board.groups.get(name);
      if (into === undefined) {
        if (board.groups.size >= MAX_GROUPS) continue;
        into = { key: group.key, points: new Map() };
        board.groups.set(name, into);
      }
      for (let at = 0; at < points; at += 1) {
        const point = pointOf(group, at);
        if (point !== undefined) into.points.set(startMs + at * stepMs, point);
      }
    }
  }

  /** A cell is away: what it told stays, because it happened. */
  get cellNames(): readonly string[] {
    return [...this.cells.keys()];
  }

  /** The series of all cells in a window; at most `top` groups apart. Forgets what lies before it. */
  read({ endMs, stepMs, points }: SeriesWindow, top: number): SeriesPiece | undefined {
    const startMs = endMs - points * stepMs;
    const pieces: SeriesPiece[] = [];
    for (const cell of this.cells.values()) {
      if (cell.stepMs !== stepMs) continue;
      const groups: SeriesGroup[] = [];
      for (const [name, group] of cell.groups) {
        for (const time of group.points.keys()) if (time < startMs) group.points.delete(time);
        if (group.points.size === 0) cell.groups.delete(name);
        else groups.push(groupOf(cell.kind, group, { startMs, stepMs, points }));
      }
      pieces.push({ kind: cell.kind, startMs, stepMs, points, groups });
    }
    return mergePieces(pieces, top);
  }
}

/** What is told anew replaces what was: also groups that it does not name any more. */
function forget(board: CellPoints, fromMs: number, untilMs: number): void {
  for (const { points } of board.groups.values()) {
    for (const time of points.keys()) if (time >= fromMs && time < untilMs) points.delete(time);
  }
}

function pointOf({ counts, of, sketches }: SeriesGroup, at: number): Point | undefined {
  const point = { count: counts?.[at] ?? 0, of: of?.[at] ?? 0, sketch: sketches?.[at] ?? null };
  return point.count === 0 && point.of === 0 && point.sketch === null ? undefined : point;
}

function groupOf(
  kind: SeriesPiece["kind"],
  group: { readonly key: SeriesGroup["key"]; readonly points: ReadonlyMap<number, Point> },
  { startMs, stepMs, points }: { readonly startMs: number; readonly stepMs: number; readonly points: number },
): SeriesGroup {
  const found = Array.from({ length: points }, (_, at) => group.points.get(startMs + at * stepMs));
  if (kind === "latency" || kind === "uniques") {
    return { key: group.key, sketches: found.map((point) => point?.sketch ?? null) };
  }
  const counts = found.map((point) => point?.count ?? 0);
  return kind === "rate"
    ? { key: group.key, counts, of: found.map((point) => point?.of ?? 0) }
    : { key: group.key, counts };
}

import { useCallback, useEffect, useRef, useState } from "react";
import { type LiveStatus, mergeRows, useLive } from "../../api/index.ts";
import { type LiveChange, type MessageFilter, type MessageRow, rowOfChange } from "./message-data.ts";
import { RateMeter } from "./rate-meter.ts";

const MAX_ROWS = 1_000;
const RATE_MS = 500;

/** The live list, and how much goes by. */
export interface LiveMessages extends LiveStatus {
  readonly rows: readonly MessageRow[];
  /** Changes of status a second, with those that were left out. */
  readonly perSecond: number;
  /** Changes that were not shown because there were too many, since the page was opened. */
  readonly skipped: number;
  /** Changes that came while it was paused. */
  readonly held: number;
}

/** Changes of messages as they happen, each message once, those that changed last on top. */
export function useLiveMessages(
  filter: MessageFilter,
  options: { readonly isPaused: boolean; readonly all: boolean },
): LiveMessages {
  const { isPaused, all } = options;
  const [rows, setRows] = useState<readonly MessageRow[]>([]);
  const [perSecond, setPerSecond] = useState(0);
  const [skipped, setSkipped] = useState(0);
  const held = useRef<MessageRow[]>([]);
  const [heldCount, setHeldCount] = useState(0);
  const meter = useRef(new RateMeter());
  const query = queryOf(filter);
  const asked = JSON.stringify([query, all]);
  useEffect(() => {
    setRows([]);
    setSkipped(0);
    held.current = [];
    setHeldCount(0);
  }, [asked]);
  useEffect(() => {
    const timer = setInterval(() => setPerSecond(meter.current.perSecond(Date.now())), 1_000);
    return () => clearInterval(timer);
  }, []);
  const show = useCallback((fresh: readonly MessageRow[]) => {
    setRows((known) => mergeRows(known, fresh, { key: ({ sid }) => sid, order: newestFirst, max: MAX_ROWS }));
  }, []);
  useEffect(() => {
    if (isPaused || held.current.length === 0) return;
    show(held.current);
    held.current = [];
    setHeldCount(0);
  }, [isPaused, show]);
  const isFirst = useRef(true);
  const status = useLive<LiveChange>(
    "messages",
    query,
    (items, batch) => {
      // What was there before somebody looked happened at other times.
      if (!isFirst.current) meter.current.add(items.length + batch.skipped, Date.now());
      isFirst.current = false;
      if (batch.skipped > 0) setSkipped((count) => count + batch.skipped);
      const fresh = items.map(rowOfChange);
      if (!isPaused) return show(fresh);
      held.current = [...held.current, ...fresh].slice(-MAX_ROWS);
      setHeldCount((count) => count + items.length + batch.skipped);
    },
    { rateMs: RATE_MS, all },
  );
  return { ...status, rows, perSecond, skipped, held: heldCount };
}

function newestFirst(a: MessageRow, b: MessageRow): number {
  return a.at < b.at ? 1 : a.at > b.at ? -1 : 0;
}

/** What the source can filter by; the rest is looked at here. */
function queryOf({ to, from, status, direction }: MessageFilter): Readonly<Record<string, string>> {
  const number = (to === "" ? from : to).replace(/[\s()-]/g, "");
  return {
    ...(number === "" ? {} : { number }),
    ...(status === "" ? {} : { status }),
    ...(direction === "" ? {} : { direction }),
  };
}

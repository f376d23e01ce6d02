import { useVirtualizer } from "@tanstack/react-virtual";
import { Smartphone } from "lucide-react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { classes, Skeleton } from "../../ui/index.ts";
import type { ThreadItem } from "./thread-items.ts";
import { ThreadLine } from "./thread-lines.tsx";
import styles from "./thread.module.css";

/** Props of the texts. */
export interface ThreadLogProps {
  readonly items: readonly ThreadItem[];
  readonly isLoading: boolean;
}

const OVERSCAN_LINES = 10;
const GAP_PIXELS = 12;
const EDGE_PIXELS = 16;
/** How far from the end one may be and still be taken along when something comes. */
const NEAR_PIXELS = 160;

/**
 * The texts of a phone. Only those in sight are in the document, and each is measured when it comes into sight. Stays
 * at the end while one is there; leaves one alone who reads further up. Give it the phone as key.
 */
export function ThreadLog({ items, isLoading }: ThreadLogProps) {
  const box = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [openedMs] = useState(Date.now);
  const unfold = useCallback((id: string, isUnfolded: boolean) => {
    setUnfolded((known) => new Map(known).set(id, isUnfolded));
  }, []);
  const newestWebhook = items.findLast(({ kind }) => kind === "webhook")?.id;
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => estimatePixels(items[index]),
    overscan: OVERSCAN_LINES,
    gap: GAP_PIXELS,
    paddingStart: EDGE_PIXELS,
    paddingEnd: EDGE_PIXELS,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  const height = virtualizer.getTotalSize();
  const noteScroll = useEnd(box, height);
  return (
    <>
      <Heard items={items} />
      <div
        ref={box}
        className={styles.scroller}
        role="log"
        aria-label="Texts"
        // Lines also come because one scrolls: what is new is said beside it.
        aria-live="off"
        tabIndex={0}
        onScroll={noteScroll}
      >
        {isLoading && items.length === 0 && (
          <div className={styles.waiting}>
            <Skeleton lines={5} />
          </div>
        )}
        <div className={styles.ground}>
          {!isLoading && items.length === 0 && (
            <div className={styles.nothing}>
              <Smartphone size={22} aria-hidden="true" />
              This phone has no texts yet. Send it one, or type on it.
            </div>
          )}
          <div className={styles.lines} style={{ height: items.length === 0 ? 0 : height }}>
            {virtualizer.getVirtualItems().map(({ index, key, start }) => {
              const item = items[index];
              return item === undefined ? null : (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className={classes(styles.line, item.atMs > openedMs && styles.new)}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <ThreadLine
                    item={item}
                    isUnfolded={unfolded.get(item.id) ?? item.id === newestWebhook}
                    onUnfold={unfold}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}

/** Keeps the box at its end while it is there. Gives what has to be told of each scrolling. */
function useEnd(box: RefObject<HTMLDivElement | null>, height: number): () => void {
  const isAtEnd = useRef(true);
  const toEnd = (): void => {
    const { current } = box;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  };
  // Lines are added, and grow when they are measured or unfolded.
  useLayoutEffect(toEnd, [box, height]);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    // The box shrinks when a keyboard comes up.
    const observer = new ResizeObserver(toEnd);
    observer.observe(current);
    return () => observer.disconnect();
  }, [box]);
  return () => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
  };
}

/** Says a text that has just come to whoever listens. */
function Heard({ items }: Pick<ThreadLogProps, "items">) {
  const last = items.findLast(({ kind }) => kind === "text");
  const [first, setFirst] = useState(last?.id);
  useEffect(() => {
    if (first === undefined) setFirst(last?.id);
  }, [first, last?.id]);
  const isNew = last?.kind === "text" && first !== undefined && last.id !== first;
  return (
    <p className={styles.heard} role="status">
      {isNew && `From ${last.message.from}: ${last.message.body}`}
    </p>
  );
}

const CHARACTERS_A_LINE = 60;
const LINE_PIXELS = 21;

/** About how high a line will be, until it is measured. */
function estimatePixels(item: ThreadItem | undefined): number {
  if (item === undefined || item.kind === "day") return 34;
  if (item.kind === "webhook") return 30;
  const { length } = item.kind === "text" ? item.message.body : item.api.body;
  return 39 + LINE_PIXELS * Math.max(1, Math.ceil(length / CHARACTERS_A_LINE));
}

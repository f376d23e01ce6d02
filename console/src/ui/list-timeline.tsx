import type { ReactNode } from "react";
import type { AskedList } from "./asked-list.ts";
import { Button } from "./button.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Timeline, type TimelineItem } from "./facts.tsx";
import { Skeleton } from "./feedback.tsx";

/** Props of a timeline of a list. */
export interface ListTimelineProps<R> {
  readonly list: AskedList<R>;
  readonly item: (row: R) => TimelineItem;
  /** In the place of items where there are none. */
  readonly empty?: ReactNode;
}

/** The rows of a list as a timeline, the newest first, and a button for the earlier ones. */
export function ListTimeline<R>({ list, item, empty }: ListTimelineProps<R>) {
  const { rows, error, isLoading, refetch, hasMore, isLoadingMore, loadMore } = list;
  return (
    <>
      <ErrorNote error={error} onRetry={refetch} />
      {isLoading && <Skeleton lines={4} />}
      {rows.length > 0 && <Timeline items={rows.map(item)} />}
      {rows.length === 0 && !isLoading && error === null && empty}
      {hasMore === true && (
        <Button size="s" onPress={loadMore} isPending={isLoadingMore}>
          Earlier
        </Button>
      )}
    </>
  );
}

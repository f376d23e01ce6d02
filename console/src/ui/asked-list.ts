/** Rows that were asked for, and how the asking stands: what `usePages` gives, or as much of it as there is. */
export interface AskedList<R> {
  readonly rows: readonly R[];
  /** Anything that was thrown, or `null`. */
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly refetch?: (() => void) | undefined;
  readonly hasMore?: boolean;
  readonly isLoadingMore?: boolean;
  readonly loadMore?: (() => void) | undefined;
}

/** What most things of the API are told apart by. */
export interface WithSid {
  readonly sid: string;
}

/** The key of a row that has no other. */
export function sidOf(row: unknown): string {
  return (row as WithSid).sid;
}

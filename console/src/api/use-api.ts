import {
  QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type ApiOptions, consoleApi } from "./api.ts";
import { type ApiError, toApiError } from "./api-error.ts";
import { nextPageOf } from "./next-page.ts";
import { useSelection } from "./selection.ts";

const STALE_MS = 10_000;
const MAX_RETRIES = 2;

/** The cache of answers. One a page load. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      refetchOnWindowFocus: true,
      // Who was refused is refused again; only silence is worth another try.
      retry: (failures, error) => toApiError(error).isAway && failures < MAX_RETRIES,
    },
  },
});

/** How an answer is kept. */
export interface UseApiOptions extends ApiOptions {
  readonly isEnabled?: boolean;
  /** Asks again so often, while the page is seen. */
  readonly everyMs?: number | undefined;
  /** Shows the last answer while a changed question is asked. */
  readonly keepsLast?: boolean;
}

/** The answer to a GET, kept and renewed. Its key begins with the path: `useApiChange` names what it invalidates by that. */
export function useApi<T>(path: string, options: UseApiOptions = {}): UseQueryResult<T, ApiError> {
  const chosen = useSelection();
  return useQuery<T, ApiError>({
    queryKey: keyOf(path, options, chosen),
    queryFn: ({ signal }) => api.get<T>(path, { ...options, signal }),
    enabled: options.isEnabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keepsLast === true ? { placeholderData: (last: T | undefined) => last as never } : {}),
  });
}

/** The answer to `consoleApi.get`, kept and renewed: `useConsole("/simulator/phones", {everyMs: 1_000})`. */
export function useConsole<T>(
  path: string,
  options: Pick<UseApiOptions, "query" | "isEnabled" | "everyMs" | "keepsLast"> = {},
): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, options.query ?? null, "console"],
    queryFn: ({ signal }) => consoleApi.get<T>(path, options.query, signal),
    enabled: options.isEnabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keepsLast === true ? { placeholderData: (last: T | undefined) => last as never } : {}),
  });
}

/** Asks again for every answer whose path begins with one of these. */
export function askAgain(...paths: readonly string[]): void {
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => begins(queryKey[0], paths) });
}

function keyOf(path: string, options: ApiOptions, chosen: { accountSid: string; cell: string | undefined }): unknown[] {
  return [
    path,
    options.query ?? null,
    options.product ?? "api",
    options.account === null ? null : (options.account ?? chosen.accountSid),
    options.cell === undefined ? (chosen.cell ?? null) : options.cell,
  ];
}

/** A change that is under way, and what came of it. */
export interface ApiChange<Input, Output> {
  /** Starts it. What goes wrong stands in `error`. */
  readonly run: (input: Input) => void;
  /** Starts it and waits. @throws ApiError */
  readonly runAsync: (input: Input) => Promise<Output>;
  readonly isPending: boolean;
  readonly error: ApiError | null;
  readonly data: Output | undefined;
  readonly reset: () => void;
}

/** What follows a change. */
export interface UseApiChangeOptions<Output> {
  /** Paths as given to `useApi` or `usePages`; an answer whose path begins with one is asked again. */
  readonly invalidates?: readonly string[];
  readonly onDone?: (output: Output) => void;
  readonly onFailed?: (error: ApiError) => void;
}

/** Wraps a request that changes something. */
export function useApiChange<Input = void, Output = unknown>(
  change: (input: Input) => Promise<Output>,
  options: UseApiChangeOptions<Output> = {},
): ApiChange<Input, Output> {
  const client = useQueryClient();
  const mutation = useMutation<Output, ApiError, Input>({
    mutationFn: change,
    onSuccess: async (output) => {
      options.onDone?.(output);
      await client.invalidateQueries({ predicate: ({ queryKey }) => begins(queryKey[0], options.invalidates ?? []) });
    },
    onError: (error) => options.onFailed?.(error),
  });
  return {
    run: mutation.mutate,
    runAsync: mutation.mutateAsync,
    isPending: mutation.isPending,
    error: mutation.error,
    data: mutation.data,
    reset: mutation.reset,
  };
}

function begins(path: unknown, prefixes: readonly string[]): boolean {
  return typeof path === "string" && prefixes.some((prefix) => path.startsWith(prefix));
}

/** A list over all the pages that were asked for. */
export interface Pages<T> {
  readonly rows: readonly T[];
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  /** True where there is another page. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly refetch: () => void;
}

/**
 * A list of the API, page by page, over `next_page_uri` or `meta.next_page_url`.
 * @param key the field of the answer that holds the items; `meta.key` of the answer unless told.
 */
export function usePages<T>(path: string, key?: string, options: UseApiOptions = {}): Pages<T> {
  const chosen = useSelection();
  const query: UseInfiniteQueryResult<{ pages: unknown[] }, ApiError> = useInfiniteQuery({
    queryKey: [...keyOf(path, options, chosen), "pages"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      pageParam === ""
        ? api.get<unknown>(path, { ...options, signal })
        : api.get<unknown>(pageParam, { ...options, query: undefined, signal }),
    getNextPageParam: (last: unknown) => nextPageOf(last, key).next,
    enabled: options.isEnabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keepsLast === true ? { placeholderData: (last: unknown) => last as never } : {}),
  });
  // The same array until there is another answer, so that what is made of it can be remembered too.
  const answers = query.data?.pages;
  const rows = useMemo(() => (answers ?? []).flatMap((page) => nextPageOf(page, key).items as T[]), [answers, key]);
  return {
    rows,
    error: query.error,
    isLoading: query.isPending && query.fetchStatus !== "idle",
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    refetch: () => void query.refetch(),
  };
}

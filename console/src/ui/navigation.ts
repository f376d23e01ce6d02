import { useMemo } from "react";
import { useParams, useRouterState } from "@tanstack/react-router";

/** What moves between pages; the shell sets it when it has made the router. */
interface Navigator {
  readonly go: (to: string, options: GoOptions) => void;
}

/** How to go. */
export interface GoOptions {
  /** Takes the place of the page in the history, for a filter that changed. */
  readonly replaces?: boolean;
}

const BASE = "/console";
let navigator: Navigator | undefined;

/** Called once by the shell. */
export function setNavigator(value: Navigator): void {
  navigator = value;
}

/** Goes to a page: a path without /console. */
export function go(to: string, options: GoOptions = {}): void {
  navigator?.go(to, options);
}

/** The address of a page, for a link. */
export function hrefOf(to: string): string {
  return BASE + to;
}

/** A part of the path: `useParam("sid")` on a page with the path `/messages/$sid`. Empty where it is not there. */
export function useParam(name: string): string {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  return params[name] ?? "";
}

/** The path of now, without /console and the query. */
export function usePath(): string {
  return useRouterState({ select: ({ location }) => location.pathname });
}

/** Filters that live in the query of the address, so that a link leads to the same view. */
export interface SearchParams {
  readonly get: (name: string) => string;
  /** Sets or (with an empty text) takes away, without a new entry in the history. */
  readonly set: (change: Readonly<Record<string, string | undefined>>) => void;
  /** All of them, as plain data for a query. */
  readonly all: Readonly<Record<string, string>>;
}

/** The query of the address. */
export function useSearchParams(): SearchParams {
  const { pathname, searchStr } = useRouterState({
    select: ({ location }) => location,
    structuralSharing: false,
  });
  return useMemo(() => {
    const params = new URLSearchParams(searchStr);
    return {
      get: (name) => params.get(name) ?? "",
      all: Object.fromEntries(params),
      set: (change) => {
        const next = new URLSearchParams(window.location.search);
        for (const [name, value] of Object.entries(change)) {
          if (value === undefined || value === "") next.delete(name);
          else next.set(name, value);
        }
        const query = next.toString();
        go(pathname + (query === "" ? "" : `?${query}`), { replaces: true });
      },
    };
  }, [pathname, searchStr]);
}

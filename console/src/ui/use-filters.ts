import { type Filters, filtersOf } from "./filters.ts";
import { useSearchParams } from "./navigation.ts";

/** Filters that live in the query of the address, by their names in the API: `useFilters({ tag: "Tag" })`. */
export function useFilters<N extends string>(names: Readonly<Record<N, string | null>>): Filters<N> {
  return filtersOf(names, useSearchParams());
}

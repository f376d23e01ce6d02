import type { SearchParams } from "./navigation.ts";

/** The filters of a list. */
export interface Filters<N extends string = string> {
  readonly values: Readonly<Record<N, string>>;
  /** Those that are on, by their names in the API. */
  readonly query: Readonly<Record<string, string>>;
  readonly isOn: boolean;
  readonly set: (change: Readonly<Partial<Record<N, string>>>) => void;
  readonly clear: () => void;
  /** What the field of a filter takes: `<TextField label="Tag" {...filters.field("tag")} />`. */
  readonly field: (name: N) => { readonly value: string; readonly onChange: (value: string) => void };
}

/** Reads filters from the address. @param names what each is called in the API; `null` where the API does not know it. */
export function filtersOf<N extends string>(
  names: Readonly<Record<N, string | null>>,
  params: Pick<SearchParams, "get" | "set">,
): Filters<N> {
  const pairs = (Object.entries(names) as [N, string | null][]).map(
    ([name, apiName]) => [name, apiName, params.get(name)] as const,
  );
  return {
    values: Object.fromEntries(pairs.map(([name, , value]) => [name, value])) as Record<N, string>,
    query: Object.fromEntries(
      pairs.flatMap(([, apiName, value]) => (apiName === null || value === "" ? [] : [[apiName, value]])),
    ),
    isOn: pairs.some(([, , value]) => value !== ""),
    set: (change) => params.set(change),
    clear: () => params.set(Object.fromEntries(pairs.map(([name]) => [name, ""]))),
    field: (name) => ({
      value: params.get(name),
      onChange: (value) => params.set({ [name]: value }),
    }),
  };
}

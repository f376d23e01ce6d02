/** How rows are kept. */
export interface LiveRowsOptions<T> {
  readonly key: (row: T) => string;
  /** Which of two comes first; the newest unless told, in the order of arrival. */
  readonly order?: ((a: T, b: T) => number) | undefined;
  /** The oldest go beyond it. */
  readonly max: number;
}

/**
 * Rows with what came live merged in: a row with a key that is there replaces it where it stands, a new one goes to the
 * front. The list given is not changed; it is returned as it is where nothing came.
 */
export function mergeRows<T>(rows: readonly T[], arrived: readonly T[], options: LiveRowsOptions<T>): readonly T[] {
  if (arrived.length === 0) return rows;
  const latest = new Map<string, T>();
  for (const row of arrived) {
    const key = options.key(row);
    latest.delete(key);
    latest.set(key, row);
  }
  const kept = rows.map((row) => {
    const key = options.key(row);
    const newer = latest.get(key);
    latest.delete(key);
    return newer ?? row;
  });
  const merged = [...[...latest.values()].reverse(), ...kept];
  if (options.order !== undefined) merged.sort(options.order);
  return merged.length > options.max ? merged.slice(0, options.max) : merged;
}

// Which test belongs to which phase.

/**
 * In the order in which they run. The first phase whose pattern fits a path has it; `atOnce` is how many processes
 * run side by side at most, on a machine with so many processors, and `together` how many files share one, because
 * loading what they test takes longer than most of them.
 */
export const PHASES = [
  {
    name: "database",
    about: "modules and adapters on a real PostgreSQL",
    pattern: /\.db\.test\.ts$|^src\/adapters\/postgres\//,
    atOnce: 2,
    together: 8,
  },
  { name: "wire", about: "real sockets against peers from elsewhere", pattern: /^test\/wire\//, atOnce: 2 },
  { name: "compat", about: "the official SDKs against the running program", pattern: /^test\/compat\//, atOnce: 2 },
  { name: "browser", about: "the console in a real browser", pattern: /^test\/browser\//, atOnce: 2 },
  {
    name: "kills",
    about: "processes that are killed again and again, which nothing else may slow down",
    pattern: /^test\/simulation\/(carrier-)?crash\.test\.ts$/,
    atOnce: 1,
  },
  {
    name: "simulation",
    about: "faults and crashes",
    pattern: /^test\/(simulation|crash)\/|(^|\/)crash\.test\.ts$/,
    atOnce: 2,
  },
  {
    name: "unit",
    about: "everything that needs no program beside it",
    pattern: /\.test\.ts$/,
    atOnce: Infinity,
    together: 16,
  },
];

const RUN_FIRST = "unit";

/** The phases in the order in which they run, each with those of `paths` that it has. */
export function assign(paths) {
  const phases = PHASES.map((phase) => ({ ...phase, files: [] }));
  for (const path of paths) phases.find(({ pattern }) => pattern.test(path))?.files.push(path);
  return [...phases.filter(({ name }) => name === RUN_FIRST), ...phases.filter(({ name }) => name !== RUN_FIRST)];
}

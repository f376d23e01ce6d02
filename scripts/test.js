// Runs the tests of the built tree, phase by phase. `npm test -- --help` says how.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { run } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { assign, PHASES } from "./test-phases.js";
import { Report } from "./test-report.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE_LIMIT_MS = 10 * 60_000;
const MAX_RECALLED = 10;
const MAX_RECALLED_LENGTH = 1_500;

const HELP = `npm test -- [phase ...] [text ...] [--name <pattern>] [--verbose]

Without arguments everything runs. A phase runs that phase only; any other text
chooses the files whose path contains it; --name chooses tests by their name.

${PHASES.map(({ name, about }) => `  ${name.padEnd(12)}${about}`).join("\n")}

Seeded tests print their seed and take it from SEED. With CI=true a test whose
Debian package is missing fails instead of being skipped.
`;

/** Sources of tests below a folder, relative to the root, in order. */
function findTests(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join("/"),
    )
    .sort();
}

/** What a source was compiled to. */
function builtOf(path) {
  const folder = path.startsWith("console/") ? "dist/console-test" : "dist";
  return join(root, folder, path.replace(/\.ts$/, ".js"));
}

/** Tests start programs of ours, for which these would be settings, and which must not be sent through a proxy. */
function cleanEnvironment() {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("TRUNKLINE_") || /^(https?|all)_proxy$/i.test(name)) delete process.env[name];
  }
  for (const name of ["NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY"]) delete process.env[name];
}

/** What is run in a process each: the files, or modules that load several of them. */
function programsOf({ name, together = 1, files }) {
  const built = files.map(builtOf);
  const count = Math.ceil(built.length / together);
  if (count === built.length) return built;
  const folder = join(root, "dist/test-groups", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${name}-${index + 1}.js`);
    // Dealt out like cards: neighbours in the tree take about as long as each other.
    const members = built.filter((_member, at) => at % count === index);
    writeFileSync(path, members.map((member) => `import ${JSON.stringify(pathToFileURL(member).href)};\n`).join(""));
    return path;
  });
}

async function runPhase(phase, options) {
  const { name, atOnce, files } = phase;
  const { verbose, testNamePatterns } = options;
  process.stdout.write(`${name}: ${files.length} ${files.length === 1 ? "file" : "files"}\n`);
  const started = performance.now();
  const report = new Report({ root, verbose, write: (text) => process.stdout.write(text) });
  const events = run({
    files: programsOf(phase),
    concurrency: Math.min(atOnce, availableParallelism()),
    timeout: FILE_LIMIT_MS,
    ...(testNamePatterns === undefined ? {} : { testNamePatterns }),
  });
  for await (const event of events) report.take(event);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const slowest = report.slowest();
  process.stdout.write(`${name}: ${sentence(report)} in ${seconds} s${slowest === "" ? "" : ` (${slowest})`}\n\n`);
  return report;
}

/** The failures once more, below all phases, where a reader of the end of a log finds them. */
function recap(failures) {
  if (failures.length === 0) return "";
  const shown = failures.slice(0, MAX_RECALLED).map((told) => told.slice(0, MAX_RECALLED_LENGTH).trimEnd());
  const more = failures.length - shown.length;
  return `Failed:\n${shown.join("\n")}\n${more > 0 ? `  and ${more} more, above\n` : ""}\n`;
}

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      verbose: { type: "boolean", short: "v" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const chosen = positionals.filter((word) => PHASES.some(({ name }) => name === word));
  const texts = positionals.filter((word) => !chosen.includes(word));
  const sources = ["src", "console/src", "test", "bench"].flatMap(findTests);
  const notBuilt = sources.filter((path) => !existsSync(builtOf(path)));
  if (notBuilt.length > 0) throw new Error(`not built: ${notBuilt.join(", ")}`);
  const wanted = sources.filter((path) => texts.length === 0 || texts.some((text) => path.includes(text)));
  const phases = assign(wanted).filter(
    ({ name, files }) => files.length > 0 && (chosen.length === 0 || chosen.includes(name)),
  );
  if (phases.length === 0) throw new Error(`no test file is called like ${positionals.join(" ")}`);
  cleanEnvironment();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for (const phase of phases) {
    const report = await runPhase(phase, {
      verbose: values.verbose ?? false,
      testNamePatterns: values.name === undefined ? undefined : [values.name],
    });
    for (const key of Object.keys(total)) total[key] += report[key];
    failures.push(...report.failures);
  }
  process.stdout.write(recap(failures));
  process.stdout.write(`${sentence(total)}\n`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

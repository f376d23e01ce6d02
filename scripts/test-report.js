// Counts what the test runner reports, and shows what a reader wants to see of it.
import { relative, resolve } from "node:path";
import { inspect } from "node:util";

const MAX_HELD_OUTPUT = 200_000;

/** Counts of one phase. Suites do not count, tests do; a file that fails by itself is a failed test. */
export class Report {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** What was written of each failed test: the end of a long run says it again. */
  failures = [];
  #root;
  #verbose;
  #write;
  #names = new Map();
  #failedFiles = new Set();
  #outputs = new Map();
  #durations = new Map();

  constructor({ root, verbose, write }) {
    this.#root = root;
    this.#verbose = verbose;
    this.#write = write;
  }

  /** Takes one event of `run()` from `node:test`. */
  take({ type, data }) {
    if (type === "test:stdout" || type === "test:stderr") this.#hold(data);
    else if (type === "test:start") this.#nameOf(data);
    else if (type === "test:diagnostic") this.#diagnostic(data);
    else if (type === "test:pass" || type === "test:fail") this.#verdict(type === "test:pass", data);
    else if (type === "test:complete" && this.#isFile(data)) this.#fileDone(data);
  }

  /** The files that took longest, as text; empty where none took long. */
  slowest() {
    const slow = [...this.#durations].filter(([, ms]) => ms > 2_000).sort((a, b) => b[1] - a[1]);
    return slow
      .slice(0, 3)
      .map(([file, ms]) => `${this.#short(file)} ${(ms / 1_000).toFixed(1)} s`)
      .join(", ");
  }

  #verdict(ok, data) {
    if (this.#isFile(data)) {
      if (!ok) this.#fail(data, data.file);
      return;
    }
    const { file, nesting, details } = data;
    // By file, also where several share a process.
    if (nesting === 0) this.#durations.set(file, (this.#durations.get(file) ?? 0) + (details?.duration_ms ?? 0));
    const name = this.#nameOf(data);
    if (data.details?.type === "suite") {
      // Its tests speak for themselves, unless a hook of the suite failed.
      if (!ok && data.details.error?.failureType !== "subtestsFailed") this.#fail(data, name);
      return;
    }
    if (data.skip !== undefined || data.todo !== undefined) {
      this.skipped += 1;
      const reason = [data.skip, data.todo].find((given) => typeof given === "string" && given !== "");
      this.#write(`  - ${name}: ${reason ?? "skipped"}\n`);
    } else if (!ok && data.details?.error?.failureType === "subtestsFailed") {
      // A test with subtests: those that failed are counted and shown already.
      return;
    } else if (ok) {
      this.passed += 1;
      if (this.#verbose) this.#write(`  ✓ ${name} (${Math.round(data.details?.duration_ms ?? 0)} ms)\n`);
    } else {
      this.#fail(data, name);
    }
  }

  #fail(data, name) {
    this.failed += 1;
    this.#failedFiles.add(data.file);
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    const text = typeof cause === "string" ? cause : inspect(cause, { colors: false, depth: 6 });
    const exit = error?.exitCode === undefined ? "" : ` (exit code ${error.exitCode}, signal ${error.signal})`;
    const told = `  ✗ ${name}${exit}\n    at ${this.#short(data.file)}:${data.line ?? 1}\n${indent(text)}\n`;
    this.failures.push(told);
    this.#write(told);
  }

  #fileDone({ file, details }) {
    const output = this.#outputs.get(file) ?? "";
    this.#outputs.delete(file);
    const failed = details?.passed === false || this.#failedFiles.has(file);
    const seeds = output.split("\n").filter((line) => /\bseed\b/i.test(line));
    const shown = failed || this.#verbose ? output.trimEnd() : seeds.join("\n");
    if (shown !== "") this.#write(`  ${this.#short(file)} says:\n${indent(shown)}\n`);
  }

  /** Diagnostics of tests, such as seeds and counts; those of the runner itself are what this class is for. */
  #diagnostic({ file, message }) {
    if (file !== undefined) this.#write(`  ℹ ${this.#short(file)}: ${message}\n`);
  }

  #hold({ file, message }) {
    const held = this.#outputs.get(file) ?? "";
    if (held.length < MAX_HELD_OUTPUT) this.#outputs.set(file, held + message);
  }

  /** The test's name below those of its suites. Reported in order, a file at a time. */
  #nameOf({ file, name, nesting }) {
    const names = this.#names.get(file) ?? [];
    names.length = nesting;
    names.push(name);
    this.#names.set(file, names);
    return [this.#short(file), ...names].join(" › ");
  }

  #isFile({ name, nesting, file }) {
    return nesting === 0 && file !== undefined && (name === file || resolve(this.#root, name) === file);
  }

  #short(file) {
    return file === undefined ? "" : relative(this.#root, file).replace(/^dist\//, "");
  }
}

function indent(text) {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

import type { GroupRow } from "./judge.ts";
import type { ChaosReport, Scenario } from "./scenario.ts";

/** A scenario with what came of it, or why it did not run. */
export interface ScenarioOutcome {
  readonly scenario: Scenario;
  readonly report: ChaosReport | undefined;
  readonly skipped: string | undefined;
}

const HEAD = [
  "what happens",
  "accounts",
  "asked",
  "accepted",
  "lost",
  "given up",
  "doubled",
  "refused",
  "outcome unknown",
  "not served for",
  "p50 before → during",
  "p99 before → during",
  "change of p99",
];

/** The Markdown of a run: a table, and what was seen beside it. */
export function markdownOf(outcomes: readonly ScenarioOutcome[], about: readonly string[]): string {
  const rows = outcomes.flatMap(({ scenario, report, skipped }) =>
    report === undefined || report.rows.length === 0
      ? [[scenario.summary, `not run: ${skipped ?? "it ended early"}`, ...HEAD.slice(2).map(() => "")]]
      : report.rows.map((row, index) => [index === 0 ? scenario.summary : "", ...cellsOf(row)]),
  );
  const lines = [HEAD, HEAD.map((_, index) => (index < 2 ? "---" : "---:")), ...rows];
  const table = lines.map((line) => `| ${line.join(" | ")} |`);
  const notes = outcomes.flatMap(({ scenario, report }) => (report === undefined ? [] : notesOf(scenario, report)));
  return [...about, "", ...table, "", ...notes].join("\n");
}

function cellsOf(row: GroupRow): string[] {
  const refused = Object.entries(row.refused).map(([code, count]) => `${count} × ${code}`);
  return [
    row.group,
    String(row.asked),
    String(row.accepted),
    String(row.lost),
    String(row.givenUp),
    String(row.doubled),
    refused.length === 0 ? "0" : refused.join(", "),
    String(row.unknown),
    row.notServedMs === 0 ? "0" : `${(row.notServedMs / 1_000).toFixed(1)} s`,
    `${inMs(row.before.p50Ms)} → ${inMs(row.during.p50Ms)}`,
    `${inMs(row.before.p99Ms)} → ${inMs(row.during.p99Ms)}`,
    changeOf(row.before.p99Ms, row.during.p99Ms),
  ];
}

function changeOf(before: number, during: number): string {
  const percent = Math.round((during / before - 1) * 100);
  return Number.isNaN(percent) ? "" : `${percent > 0 ? "+" : ""}${percent} %`;
}

function inMs(value: number): string {
  return Number.isNaN(value) ? "none" : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function notesOf(scenario: Scenario, { rows, findings, broken }: ChaosReport): string[] {
  const refusals = rows
    .filter(({ refusalP99Ms }) => !Number.isNaN(refusalP99Ms))
    .map(({ group, refusalP99Ms, refusedWithoutRetryAfter }) => {
      const all = refusedWithoutRetryAfter === 0 ? "every refusal" : `all but ${refusedWithoutRetryAfter} refusals`;
      return `Answers that were no 201 (${group}): 99 % within ${inMs(refusalP99Ms)}, ${all} with Retry-After.`;
    });
  const verdict = broken.length === 0 ? "Kept." : `Broken: ${broken.join("; ")}.`;
  return [`- **${scenario.name}**. Promised: ${scenario.promise}. ${[verdict, ...refusals, ...findings].join(" ")}`];
}

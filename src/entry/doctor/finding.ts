import { printable } from "../printable.ts";

/** `wrong` is what keeps Trunkline from doing its work; `doubtful` may be meant so. */
export type Verdict = "good" | "doubtful" | "wrong";

/** What one check found. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

export function good(name: string, detail: string): Finding {
  return { name, verdict: "good", detail };
}

export function doubtful(name: string, detail: string, fix: string): Finding {
  return { name, verdict: "doubtful", detail, fix };
}

export function wrong(name: string, detail: string, fix: string): Finding {
  return { name, verdict: "wrong", detail, fix };
}

const RANK: Readonly<Record<Verdict, number>> = { wrong: 0, doubtful: 1, good: 2 };

/** What is wrong first, then what is doubtful; each as it was found, the most important first. */
export function byImportance(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

const SIGNS: Readonly<Record<Verdict, string>> = { good: "✓", doubtful: "!", wrong: "✗" };

/** The findings for people, with a last line that sums them up. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = findings.flatMap(({ name, verdict, detail, fix }) => [
    `${SIGNS[verdict]} ${name.padEnd(width)}  ${indented(detail, indent)}`,
    ...(fix === undefined ? [] : [`${indent}→ ${indented(fix, indent)}`]),
  ]);
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  return `${lines.join("\n")}\n\n${count("good")} good, ${count("doubtful")} doubtful, ${count("wrong")} wrong\n`;
}

function indented(text: string, indent: string): string {
  return printable(text).replaceAll("\n", `\n${indent}`);
}

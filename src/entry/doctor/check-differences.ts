import { doubtful, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** Processes that run another version, another Node or other settings than the most. */
export function checkDifferences(reports: readonly HealthReport[]): Finding[] {
  const upgrade = "Finish the upgrade, or go back: versions side by side are for hours, not for days.";
  const settings = "Give all of them the same settings, and start those again that have the old ones.";
  return [
    ...differing(reports, { what: "version", of: ({ version }) => version, fix: upgrade }),
    ...differing(reports, { what: "Node", of: ({ runtime }) => runtime, fix: upgrade }),
    ...differing(reports, { what: "settings", of: ({ config }) => config, fix: settings }),
  ];
}

function differing(
  reports: readonly HealthReport[],
  { what, of, fix }: { readonly what: string; readonly of: (report: HealthReport) => string; readonly fix: string },
): Finding[] {
  const byValue = new Map<string, string[]>();
  for (const report of reports) byValue.set(of(report), [...(byValue.get(of(report)) ?? []), report.name]);
  if (byValue.size < 2) return [];
  const shown = [...byValue].map(([value, names]) => `${value} (${names.join(", ")})`);
  return [doubtful(what, `differs: ${shown.join(", ")}`, fix)];
}

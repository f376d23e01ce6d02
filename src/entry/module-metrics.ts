import type { Metrics } from "../platform/metrics/index.ts";
import type { CellModules } from "./cell-modules.ts";

/** Registers the metrics of the modules around messaging. */
export function watchModules(metrics: Metrics, { compliance, audit, links, services, ledger }: CellModules): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const series = metrics.gauge({ name, help }, () => series.with({}).set(read()));
  };
  const rules = metrics.gauge(
    { name: "trunkline_rule_outcomes", help: "Messages that a rule refused or held.", labels: ["rule", "outcome"] },
    () => {
      for (const [rule, { refused, held }] of compliance.status().rules) {
        rules.with({ rule, outcome: "refused" }).set(refused);
        rules.with({ rule, outcome: "held" }).set(held);
      }
    },
  );
  gauge("trunkline_opt_outs", "Recipients that have opted out, for each sender or service.", () => {
    return compliance.status().optOuts;
  });
  gauge("trunkline_sticky_recipients", "Recipients whose sender is remembered.", () => services.stickyRecipients());
  gauge("trunkline_ledger_holds", "Amounts that are set aside for work under way.", () => ledger.book.holdCount);
  gauge("trunkline_audit_entries", "Entries of this cell's audit log.", () => audit.status().entries);
  gauge("trunkline_audit_findings", "Neighbours whose audit log is not what it was.", () => audit.status().findings);
  gauge("trunkline_link_visits_lost", "Visits of short links that could not be written down.", () => links.lostVisits);
}

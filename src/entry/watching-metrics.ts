import type { Metrics } from "../platform/metrics/index.ts";
import type { OpenConsole } from "./console/open-console.ts";
import type { WatchingModules } from "./watching-modules.ts";

/** Registers the metrics of those who count, keep and warn. */
export function watchWatching(metrics: Metrics, { insights, events, alerts }: WatchingModules): void {
  const gauge = gaugesOf(metrics);
  gauge("trunkline_insight_folds", "Changes of messages that were counted, ever.", () => insights.status().folds);
  gauge("trunkline_insight_overflow", "Counts that had no room to be kept apart and went to others, ever.", () => {
    return insights.status().overflow;
  });
  const octets = metrics.gauge(
    { name: "trunkline_insight_octets", help: "Memory of the counts, by length of their bins.", labels: ["bins"] },
    () => {
      for (const level of insights.status().levels) {
        octets.with({ bins: level.name }).set(level.octets);
      }
    },
  );
  gauge("trunkline_event_rows_waiting", "Rows that are in no file of events yet.", () => events.status().waitingRows);
  gauge("trunkline_event_rows_dropped", "Rows that were dropped because too many waited, ever.", () => {
    return events.status().droppedRows;
  });
  gauge("trunkline_event_files_octets", "Size of the files of events.", () => events.status().octets);
  gauge("trunkline_event_files_failing", "Whether files of events cannot be written at the moment.", () => {
    return events.status().isFailing ? 1 : 0;
  });
  gauge("trunkline_alert_rules", "Alert rules that are judged here.", () => alerts.status().rules);
  gauge("trunkline_alert_rules_firing", "Alert rules that fire at the moment.", () => alerts.status().firing);
  gauge("trunkline_alert_rules_late", "Rules that had no turn in their round, since the start.", () => {
    return alerts.status().late;
  });
  gauge("trunkline_alert_notices_waiting", "Texts and mails of alerts that wait.", () => {
    return alerts.status().waitingNotices;
  });
}

/** Registers the metrics of the console of this process. */
export function watchConsole(metrics: Metrics, load: OpenConsole["load"]): void {
  const gauge = gaugesOf(metrics);
  gauge("trunkline_console_sockets", "Browsers that look at something live.", () => load().sockets);
  gauge("trunkline_console_subscriptions", "What they look at.", () => load().subscriptions);
}

function gaugesOf(metrics: Metrics) {
  return (name: string, help: string, read: () => number): void => {
    const series = metrics.gauge({ name, help }, () => series.with({}).set(read()));
  };
}

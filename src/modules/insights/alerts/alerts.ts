import { present } from "../../../kernel/assert.ts";
import type { Cell, Machine, ProjectedTable } from "../../../platform/cell/index.ts";
import type { Movable } from "../../../platform/fleet/index.ts";
import type { Route } from "../../../platform/http/index.ts";
import type { LiveSource } from "../../../platform/live/index.ts";
import type { MailSender } from "../../../platform/mail/index.ts";
import type { Clock, Database, Logger, Migration, Timer } from "../../../platform/ports.ts";
import { ignoreAnswer, type Responder } from "../../../platform/webhooks/index.ts";
import type { SeriesReader } from "../query.ts";
import { AlertBoard } from "./alert-board.ts";
import { alertEventProjection, pruneEvents } from "./alert-event.store.ts";
import { ALERT_PURPOSE, alertMachine, type AlertEffects } from "./alert-machine.ts";
import { AlertRuleBook } from "./alert-rule-book.ts";
import { alertRuleMigrations } from "./alert-rule.store.ts";
import { alertRuleRoutes } from "./alert-rules.resource.ts";
import { AlertState, type AlertRulesForgotten } from "./alert-state.ts";
import type { AlertDeps, AlertTexts, ReadAll } from "./deps.ts";
import { Evaluator } from "./evaluator.ts";
import { alertsMovable } from "./movable.ts";
import { NoticeDesk } from "./notice-desk.ts";

/** What alerts work with. */
export interface AlertsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  readonly reader: SeriesReader;
  /** For rules of all accounts; this cell alone unless told. */
  readonly readAll?: ReadAll | undefined;
  /** Absent where alerts send no texts. */
  readonly texts?: AlertTexts | undefined;
  /** Absent where there is no mail server. */
  readonly mail?: MailSender | undefined;
  /** Where people look at a rule, for example `https://…/console/alerts/IR…`. */
  readonly pageUrl: (ruleSid: string) => string;
  /** Whether an account is at home here; others' rules are not judged. All are, unless told. */
  readonly isAtHome?: (accountSid: string) => boolean;
}

/** What the metrics say. */
export interface AlertsStatus {
  readonly rules: number;
  readonly firing: number;
  /** Rules that had no turn in their round since the process started. */
  readonly late: number;
  /** Texts and mails that wait. */
  readonly waitingNotices: number;
}

/** What the module mounts of alerts. */
export interface Alerts {
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly responders: Readonly<Record<string, Responder>>;
  readonly movable: Movable;
  /** Topic `alert-states`. */
  readonly liveSources: readonly LiveSource[];
  status(): AlertsStatus;
  /** Gives it the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Reads the rules; after the migrations. Rejects when the database does not answer. */
  open(): Promise<void>;
  /** Judges rules and sends notifications from now on. */
  start(): void;
  /** Before the cell is closed. */
  stop(): void;
  /** Deletes history older than 90 days; done once a day by itself. */
  prune(): Promise<number>;
}

const DAY_MS = 86_400_000;
const HISTORY_MS = 90 * DAY_MS;
const FIRST_PRUNE_MS = 15 * 60_000;
const RETRY_MS = 3_600_000;

/** Alerts on series. */
export function insightAlerts(options: AlertsOptions): Alerts {
  const { database, clock, logger, reader, isAtHome = () => true } = options;
  const late: { cell?: Cell } = {};
  const cell = (): Cell => present(late.cell, "alerts have their cell");
  const state = new AlertState();
  const book = new AlertRuleBook(database);
  const board = new AlertBoard({ book, state, life: clock.nowMs().toString(36) });
  const deps: AlertDeps = {
    database,
    clock,
    logger,
    cell,
    mintSid: options.mintSid,
    isOperator: options.isOperator,
    reader,
    readAll: options.readAll ?? ((query) => Promise.resolve(reader.read(query))),
    texts: options.texts,
    mail: options.mail,
    book,
    state,
    isAtHome,
    forget: async (sids) => {
      const record: AlertRulesForgotten = { kind: "alert-rule.forgotten", sids };
      // What the log does not take now, the evaluator forgets later.
      await cell()
        .commit(record, "progress")
        .catch(() => undefined);
    },
  };
  const evaluator = new Evaluator(deps, (rule, judgement) => board.judged(rule, judgement));
  const desk = new NoticeDesk(deps);
  const effects: AlertEffects = { noticed: desk.look, turned: (sid) => board.changed(sid) };
  const pruning = new DailyPruning({ clock, logger, prune: () => pruneEvents(database, clock.nowMs() - HISTORY_MS) });
  return {
    machine: alertMachine({ state, effects, pageUrl: options.pageUrl }),
    projections: [alertEventProjection(state)],
    migrations: alertRuleMigrations,
    routes: alertRuleRoutes(deps, board),
    responders: { [ALERT_PURPOSE]: ignoreAnswer },
    movable: alertsMovable({ state, book, cell }),
    liveSources: [board.source],
    status: () => ({
      rules: book.size,
      firing: [...state.rules.values()].filter((known) => known.state === "firing").length,
      late: evaluator.late,
      waitingNotices: state.notices.size,
    }),
    attach: (attached) => {
      late.cell = attached;
    },
    open: () => book.reload(),
    start: () => {
      evaluator.start();
      desk.start();
      pruning.start();
    },
    stop: () => {
      evaluator.stop();
      desk.stop();
      pruning.stop();
    },
    prune: () => pruning.run(),
  };
}

/** Forgets old history once a day. */
class DailyPruning {
  private readonly options: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly prune: () => Promise<number>;
  };
  private timer: Timer | undefined;
  private isStopped = false;

  constructor(options: DailyPruning["options"]) {
    this.options = options;
  }

  start(): void {
    this.schedule(FIRST_PRUNE_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  run(): Promise<number> {
    return this.options.prune();
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = this.options.clock.after(delayMs, () => {
      void this.run().then(
        () => this.schedule(DAY_MS),
        (error: unknown) => {
          this.options.logger.warn("insights.alert-prune-failed", { reason: String(error) });
          this.schedule(RETRY_MS);
        },
      );
    });
  }
}

import type { Movable } from "../../../platform/fleet/index.ts";
import type { Route } from "../../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../../platform/ports.ts";
import type { SpamCheck } from "../spam-check.ts";
import type { SpamThresholds } from "./features.ts";
import { spamMigrations } from "./migrations.ts";
import { spamMovable } from "./movable.ts";
import { signatureText } from "./signature.ts";
import type { SpamChange } from "./spam-change.ts";
import { SpamFilter, type SpamSizes } from "./spam-filter.ts";
import { SpamMemory } from "./spam-memory.ts";
import { spamRoutes } from "./spam.resource.ts";

/** What the spam check works with: one for each messaging cell. */
export interface SpamOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  /** `flag`: nothing is refused, the operator sees what would be. */
  readonly mode?: "block" | "flag";
  readonly thresholds?: SpamThresholds;
  readonly sizes?: Partial<SpamSizes>;
  /** Beginnings of numbers, without `+`, that artificial traffic goes to. */
  readonly costlyPrefixes?: ReadonlySet<string>;
  readonly mainOf?: (accountSid: string) => string | undefined;
  /** Told of every change of the lists and of every feedback after its commit, for the audit log. */
  readonly onChange?: (change: SpamChange) => void;
}

/** What entry mounts. */
export interface SpamModule {
  /** What the compliance module is given. */
  readonly check: SpamCheck;
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly movable: Movable;
  /** A recipient answered, or used the code or link of a message. Cheap; may be left out. */
  converted(accountSid: string, to: string): void;
  /** Reads what was kept; after the migrations, before messages are taken. */
  start(): Promise<void>;
  status(): SpamStatus;
  /** Saves a last time. */
  close(): Promise<void>;
}

/** What the operator is shown, and metrics count. */
export interface SpamStatus {
  readonly checked: number;
  readonly blocked: number;
  readonly flagged: number;
  /** Verdicts that were not kept because the database was away for too long. */
  readonly verdictsLeftOut: number;
  readonly accounts: number;
  readonly octets: number;
}

/** The check of texts, links and habits. */
export function spamModule(options: SpamOptions): SpamModule {
  const { database, clock, logger, mintSid, isOperator, mode = "block", onChange = () => undefined } = options;
  const { sizes, thresholds, costlyPrefixes, mainOf } = options;
  const filter = new SpamFilter({
    ...(sizes === undefined ? {} : { sizes }),
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(costlyPrefixes === undefined ? {} : { costlyPrefixes }),
    ...(mainOf === undefined ? {} : { mainOf }),
  });
  const memory = new SpamMemory({ database, clock, logger, filter });
  const counts = { checked: 0, blocked: 0, flagged: 0 };
  return {
    check: {
      check: (draft) => {
        // Not the draft's own time: a scheduled message is one of today.
        const nowMs = clock.nowMs();
        counts.checked += 1;
        const found = filter.judge(draft, nowMs);
        if (found === undefined) return undefined;
        const { score, reason } = found;
        const action = mode === "flag" ? "flag" : found.action;
        memory.note({
          sid: mintSid("SV"),
          accountSid: draft.accountSid,
          action,
          score,
          reason,
          signature: signatureText(found.signature),
          feedback: undefined,
          createdMs: nowMs,
        });
        counts[action === "block" ? "blocked" : "flagged"] += 1;
        return action === "block" ? { score, reason } : undefined;
      },
    },
    routes: spamRoutes({ database, clock, mintSid, isOperator, filter, memory, onChange }),
    migrations: spamMigrations,
    movable: spamMovable(filter, memory),
    converted: (accountSid, to) => filter.converted(accountSid, to, clock.nowMs()),
    start: () => memory.start(),
    status: () => ({
      checked: counts.checked,
      blocked: counts.blocked,
      flagged: counts.flagged,
      verdictsLeftOut: memory.leftOut,
      accounts: filter.profiles.size,
      octets: filter.octets,
    }),
    close: () => memory.close(),
  };
}

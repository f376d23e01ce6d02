import { join } from "node:path";
import { openEventFiles } from "../adapters/duckdb/index.ts";
import {
  EVENT_COLUMNS,
  insightAlerts,
  insightEvents,
  insightsModule,
  type Alerts,
  type AlertTexts,
  type Events,
  type InsightsModule,
  type ReadAll,
} from "../modules/insights/index.ts";
import { createMessage, type MessagingModule } from "../modules/messaging/index.ts";
import type { NumbersModule } from "../modules/numbers/index.ts";
import type { Cell, CellRecord } from "../platform/cell/index.ts";
import type { FleetKey, HomeGate } from "../platform/fleet/index.ts";
import type { KeyBook } from "../platform/idempotency/index.ts";
import type { MailSender } from "../platform/mail/index.ts";
import type { Clock, Database, Logger } from "../platform/ports.ts";
import type { ProgramSettings } from "./carriers.ts";

const DAY_MS = 86_400_000;

/** What those who count and warn are made of. */
export interface WatchingOptions {
  readonly name: string;
  readonly settings: ProgramSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fleetKey: FleetKey;
  readonly isOperator: (accountSid: string) => boolean;
  readonly mintSid: (prefix: string) => string;
  readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  readonly cell: () => Cell;
  readonly publicUrl: () => string;
  readonly texts: AlertTexts;
  /** Of a cell among others. */
  readonly gate?: HomeGate | undefined;
  readonly readAll?: ReadAll | undefined;
}

/** Who counts what happens in a cell, keeps it for questions, and warns. */
export interface WatchingModules {
  readonly insights: InsightsModule;
  readonly events: Events;
  readonly alerts: Alerts;
}

/** Makes them. */
export async function makeWatchingModules(options: WatchingOptions): Promise<WatchingModules> {
  const { name, settings, database, clock, logger, fleetKey, isOperator, mintSid, cell, gate } = options;
  const commit = (record: CellRecord): Promise<unknown> => cell().commit(record, "progress");
  const { maxRows, events: isOn, eventDays } = settings.insights;
  const { tier } = settings.cell;
  const { subaccountsOf, readAll, publicUrl, texts } = options;
  const insights = insightsModule({ cell: name, tier, clock, maxRows, fleetKey, isOperator, subaccountsOf, commit });
  const folder = join(settings.data, "cells", name, "events");
  const files = isOn ? await openEventFiles({ folder, columns: EVENT_COLUMNS }) : undefined;
  const events = insightEvents({ clock, logger, cell: name, isOperator, files, keepMs: eventDays * DAY_MS });
  const alerts = insightAlerts({
    database,
    clock,
    logger,
    mintSid,
    isOperator,
    reader: insights.reader,
    readAll,
    texts,
    mail: await mailOf(settings),
    pageUrl: (ruleSid) => `${publicUrl()}/console/alerts/${ruleSid}`,
    ...(gate === undefined ? {} : { isAtHome: (sid: string) => gate.accepts(sid) }),
  });
  return { insights, events, alerts };
}

/** The mail server, which is loaded only where there is one. */
async function mailOf({ alerting }: ProgramSettings): Promise<MailSender | undefined> {
  const { smtpUrl, mailFrom } = alerting;
  if (smtpUrl === undefined || mailFrom === undefined) return undefined;
  const { smtpMailSender } = await import("../adapters/smtp/index.ts");
  return smtpMailSender({ url: String(smtpUrl), from: mailFrom });
}

/** What texts of alerts go out by: ordinary messages of the account, each made once by its idempotency key. */
export function alertTexts(parts: {
  readonly numbers: NumbersModule["directory"];
  readonly messaging: () => MessagingModule;
  readonly keys: Pick<KeyBook, "find">;
  readonly clock: Pick<Clock, "nowMs">;
}): AlertTexts {
  const { numbers, messaging, keys, clock } = parts;
  return {
    canSendFrom: (accountSid, from) => numbers.sender(accountSid, from) !== undefined,
    send: async ({ id, accountSid, from, to, body }) => {
      const key = `alert-${id}`;
      if (keys.find(accountSid, key, clock.nowMs())?.made !== undefined) return;
      const claim = (made: string) => ({ kind: "idempotency.claimed", accountSid, key, fingerprint: "alert", made });
      const message = { accountSid, direction: "outbound-api", from, to, body } as const;
      await createMessage(messaging().deps, message, { key, made: undefined, claim });
    },
  };
}

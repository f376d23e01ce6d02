import { iso8601 } from "../../../kernel/time.ts";
import type { DatabaseSession, Row } from "../../../platform/ports.ts";
import type { NumbersDeps } from "../deps.ts";
import { REJECTIONS, type PortInNumber, type PortInRequest, type PortInStatus } from "./port-in.ts";

/** What an account can be told of. */
export const NOTIFICATIONS = [
  "PortInWaitingForSignature",
  "PortInInProgress",
  "PortInCompleted",
  "PortInActionRequired",
  "PortInCanceled",
  "PortInExpired",
  "PortInPhoneNumberWaitingForSignature",
  "PortInPhoneNumberSubmitted",
  "PortInPhoneNumberPending",
  "PortInPhoneNumberCompleted",
  "PortInPhoneNumberRejected",
  "PortInPhoneNumberCanceled",
  "PortInPhoneNumberExpired",
  "PortOutPhoneNumberCompleted",
] as const;
export type Notification = (typeof NOTIFICATIONS)[number];

const OF_REQUEST: Readonly<Record<PortInStatus, Notification>> = {
  "Waiting for Signature": "PortInWaitingForSignature",
  "In progress": "PortInInProgress",
  "Action Required": "PortInActionRequired",
  Completed: "PortInCompleted",
  Expired: "PortInExpired",
  Canceled: "PortInCanceled",
};

const OF_NUMBER: Readonly<Record<PortInNumber["status"], Notification | undefined>> = {
  "waiting-for-signature": "PortInPhoneNumberWaitingForSignature",
  submitted: "PortInPhoneNumberSubmitted",
  pending: "PortInPhoneNumberPending",
  completed: "PortInPhoneNumberCompleted",
  rejected: "PortInPhoneNumberRejected",
  canceled: "PortInPhoneNumberCanceled",
  expired: "PortInPhoneNumberExpired",
  // The request says so with its first answer.
  "not-portable": undefined,
};

/** Where an account is told of ports. */
export interface PortingWebhooks {
  readonly portInUrl: string;
  readonly portInMs: number | undefined;
  readonly portOutUrl: string;
  readonly portOutMs: number | undefined;
  /** Empty for everything. */
  readonly notificationsOf: readonly string[];
}

interface WebhooksRow extends Row {
  port_in_url: string;
  port_in_at: Date | null;
  port_out_url: string;
  port_out_at: Date | null;
  notifications_of: string[];
}

/** The configuration of an account; `undefined` where it has none. */
export async function findWebhooks(session: DatabaseSession, accountSid: string): Promise<PortingWebhooks | undefined> {
  const rows = await session.query<WebhooksRow>("select * from porting_webhooks where account_sid = $1", [accountSid]);
  const [row] = rows;
  return (
    row && {
      portInUrl: row.port_in_url,
      portInMs: row.port_in_at?.getTime(),
      portOutUrl: row.port_out_url,
      portOutMs: row.port_out_at?.getTime(),
      notificationsOf: row.notifications_of,
    }
  );
}

/** Writes the configuration of an account. */
export async function writeWebhooks(
  session: DatabaseSession,
  accountSid: string,
  webhooks: PortingWebhooks,
): Promise<void> {
  const date = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
  await session.query(
    `insert into porting_webhooks values ($1, $2, $3, $4, $5, $6)
     on conflict (account_sid) do update set port_in_url = excluded.port_in_url, port_in_at = excluded.port_in_at,
       port_out_url = excluded.port_out_url, port_out_at = excluded.port_out_at,
       notifications_of = excluded.notifications_of`,
    [
      accountSid,
      webhooks.portInUrl,
      date(webhooks.portInMs),
      webhooks.portOutUrl,
      date(webhooks.portOutMs),
      webhooks.notificationsOf,
    ],
  );
}

/** Something that an account is told, as it is kept until the webhook queue has it. */
interface PortingEvent {
  readonly notification: Notification;
  readonly accountSid: string;
  readonly resourceSid: string;
  readonly atMs: number;
  readonly params: readonly (readonly [name: string, value: string])[];
}

/** Keeps what there is to tell of a change, in its transaction. `mainSid` is whom it is told. */
export async function keepEvents(
  tx: DatabaseSession,
  mainSid: string,
  change: { readonly before: PortInRequest | undefined; readonly after: PortInRequest },
): Promise<void> {
  const { before, after } = change;
  const events: PortingEvent[] = [];
  const known = new Map(before?.numbers.map((number) => [number.sid, number.status]));
  for (const number of after.numbers) {
    const notification = OF_NUMBER[number.status];
    if (notification === undefined || known.get(number.sid) === number.status) continue;
    events.push({ ...common(after), notification, resourceSid: number.sid, params: paramsOf(after, number) });
  }
  if (before?.status !== after.status) {
    events.push({ ...common(after), notification: OF_REQUEST[after.status], params: paramsOf(after, undefined) });
  }
  await keep(tx, mainSid, events);
}

function common({ sid, ownerSid, statusMs, numbers }: PortInRequest): Omit<PortingEvent, "notification" | "params"> {
  const atMs = Math.max(statusMs, ...numbers.map(({ updatedMs }) => updatedMs));
  return { accountSid: ownerSid, resourceSid: sid, atMs };
}

function paramsOf(request: PortInRequest, number: PortInNumber | undefined): PortingEvent["params"] {
  const ofNumber: PortingEvent["params"] =
    number === undefined
      ? []
      : [
          ["port_in_phone_number_sid", number.sid],
          ["phone_number", number.number],
          ["port_in_phone_number_status", number.status],
          ["rejection_reason", REJECTIONS[number.rejectionCode] ?? ""],
          ["rejection_reason_code", number.rejectionCode],
          ["port_date", number.portAtMs === undefined ? "" : iso8601(number.portAtMs)],
        ];
  return [
    ["account_sid", request.accountSid],
    ["port_in_request_sid", request.sid],
    ["port_in_request_status", request.status],
    ...ofNumber,
  ];
}

/** Keeps that a number has left. */
export async function keepPortOut(
  tx: DatabaseSession,
  mainSid: string,
  left: { readonly accountSid: string; readonly sid: string; readonly number: string; readonly atMs: number },
): Promise<void> {
  const { accountSid, sid, number, atMs } = left;
  const params = [
    ["account_sid", accountSid],
    ["phone_number_sid", sid],
    ["phone_number", number],
    ["port_out_phone_number_status", "completed"],
  ] as const;
  await keep(tx, mainSid, [
    { notification: "PortOutPhoneNumberCompleted", accountSid, resourceSid: sid, atMs, params },
  ]);
}

async function keep(tx: DatabaseSession, mainSid: string, events: readonly PortingEvent[]): Promise<void> {
  if (events.length === 0) return;
  const webhooks = await findWebhooks(tx, mainSid);
  if (webhooks === undefined) return;
  for (const [place, { notification, resourceSid, atMs, params }] of events.entries()) {
    const url = notification.startsWith("PortOut") ? webhooks.portOutUrl : webhooks.portInUrl;
    const isWanted = webhooks.notificationsOf.length === 0 || webhooks.notificationsOf.includes(notification);
    if (url === "" || !isWanted) continue;
    const id = `${resourceSid}:${notification}:${atMs}`;
    const webhook = {
      id,
      accountSid: mainSid,
      orderKey: resourceSid,
      purpose: "porting",
      resourceSid,
      url,
      method: "POST",
      params: [["event", notification], ["timestamp", iso8601(atMs)], ...params],
    };
    await tx.query(
      `insert into porting_events (id, account_sid, webhook, created_at, place) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [id, mainSid, JSON.stringify(webhook), new Date(atMs), place],
    );
  }
}

const BATCH_ROWS = 100;

/** Gives what was kept to the webhook queue, which takes each id once. */
export async function sendEvents({ database, requestWebhook }: NumbersDeps): Promise<void> {
  for (;;) {
    const rows = await database.query<{ id: string; webhook: Parameters<NonNullable<typeof requestWebhook>>[0] }>(
      `select id, webhook from porting_events order by created_at, place, id limit ${BATCH_ROWS}`,
    );
    for (const { webhook } of rows) await requestWebhook?.(webhook);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await database.query("delete from porting_events where id = any($1)", [ids]);
    if (rows.length < BATCH_ROWS) return;
  }
}

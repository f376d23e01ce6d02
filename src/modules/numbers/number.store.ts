import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import {
  assignments,
  keysOf,
  readConfiguration,
  UNCONFIGURED_NUMBER,
  type NumberConfiguration,
  type WebhookMethod,
} from "./configuration.ts";
import { readFacts } from "./number-facts.ts";
import type { OwnedNumber, PhoneNumberKind } from "./phone-number.ts";

/** Whose numbers, and which SID. */
export interface NumberTarget {
  readonly accountSid: string;
  readonly sid: string;
}

interface NumberRow extends Row {
  account_sid: string;
  sid: string;
  revision: number;
  origin: "twilio" | "hosted";
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: NumberRow): OwnedNumber {
  return {
    ...readFacts(row),
    sid: row.sid,
    accountSid: row.account_sid,
    revision: row.revision,
    origin: row.origin,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    configuration: readConfiguration(UNCONFIGURED_NUMBER, row),
  };
}

/** Of `phone_numbers`: this cell may sell it, and nobody has it. */
export const FREE = "account_sid is null and configured and claimed";

/** Of a free one: it is neither held nor in quarantine for somebody other than `account`, at `now` (both parameters). */
export function openTo(account: string, now: string): string {
  return `(held_until is null or held_until <= ${now} or held_by = ${account})
    and (quarantined_until is null or quarantined_until <= ${now} or quarantined_for = ${account})`;
}

/** What becomes of holds and quarantines when a number gets an owner. */
const TAKEN = "hold_sid = null, held_by = null, held_until = null, quarantined_for = null, quarantined_until = null";

/** A number of an account, by its SID. `lock` keeps others from changing it until the transaction ends. */
export async function findNumber(
  database: DatabaseSession,
  { accountSid, sid }: NumberTarget,
  lock = false,
): Promise<OwnedNumber | undefined> {
  const rows = await database.query<NumberRow>(
    `select * from phone_numbers where sid = $1 and account_sid = $2${lock ? " for update" : ""}`,
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** What a list of an account's numbers is asked for. */
export interface NumberFilter {
  readonly accountSid: string;
  readonly kinds: readonly PhoneNumberKind[];
  readonly friendlyName: string | undefined;
  /** A `LIKE` pattern over the number. */
  readonly pattern: string | undefined;
  readonly beta?: boolean | undefined;
  readonly origin?: "twilio" | "hosted" | undefined;
  /** Only those that use this address. */
  readonly addressSid?: string | undefined;
}

/** At most `limit` numbers of an account, those first that it got last. */
export async function listNumbers(database: Database, filter: NumberFilter, slice: Slice): Promise<OwnedNumber[]> {
  const { cursor, direction, limit } = slice;
  const values: unknown[] = [filter.accountSid, filter.kinds, limit];
  const conditions = ["account_sid = $1", "kind = any($2)"];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  };
  if (filter.friendlyName !== undefined) add("friendly_name =", filter.friendlyName);
  if (filter.pattern !== undefined) add("number like", filter.pattern);
  if (filter.beta !== undefined) add("beta =", filter.beta);
  if (filter.origin !== undefined) add("origin =", filter.origin);
  if (filter.addressSid !== undefined) add("address_sid =", filter.addressSid);
  if (cursor !== undefined) add(direction === "next" ? "sid <" : "sid >", cursor);
  const order = direction === "next" ? "desc" : "asc";
  const rows = await database.query<NumberRow>(
    `select * from phone_numbers where ${conditions.join(" and ")} order by sid ${order} limit $3`,
    values,
  );
  const numbers = rows.map(fromRow);
  return direction === "next" ? numbers : numbers.toReversed();
}

/** Who gets a number, and when. */
export interface Assignment {
  readonly number: string;
  readonly accountSid: string;
  readonly sid: string;
  readonly atMs: number;
  readonly kinds: readonly PhoneNumberKind[];
  readonly configuration: NumberConfiguration;
}

/** Gives a free number to an account: one statement, so that of many who try one succeeds. `undefined` for the others. */
export async function assignNumber(tx: DatabaseSession, assignment: Assignment): Promise<OwnedNumber | undefined> {
  const { number, accountSid, sid, atMs, kinds, configuration } = assignment;
  const rows = await tx.query<NumberRow>(
    `update phone_numbers set account_sid = $2, sid = $3, created_at = $4, updated_at = $4, revision = revision + 1,
       ${TAKEN}, ${assignments(UNCONFIGURED_NUMBER, 6)}
     where number = $1 and ${FREE} and kind = any($5) and ${openTo("$2", "$4")} returning *`,
    [number, accountSid, sid, new Date(atMs), kinds, ...valuesOf(configuration)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** A free local number of a North American area code, held until the transaction ends; others get another one. */
export async function lockFreeNumber(
  tx: DatabaseSession,
  wanted: { readonly areaCode: string; readonly accountSid: string; readonly atMs: number },
): Promise<string | undefined> {
  const { areaCode, accountSid, atMs } = wanted;
  const rows = await tx.query<{ number: string }>(
    `select number from phone_numbers
     where ${FREE} and country in ('US', 'CA') and kind = 'local' and number like $1 and ${openTo("$2", "$3")}
     order by number limit 1 for update skip locked`,
    [`+1${areaCode}%`, accountSid, new Date(atMs)],
  );
  return rows[0]?.number;
}

/** A number of this cell, whoever has it; what a refusal or a port is decided by. */
export interface NumberStanding {
  readonly kind: PhoneNumberKind;
  readonly accountSid: string | null;
  /** Nobody has it, and this cell may sell it. */
  readonly free: boolean;
  /** Free, and neither held nor in quarantine for somebody else. */
  readonly open: boolean;
}

/** How a number stands; `undefined` where this cell does not know it. */
export async function findStanding(
  database: DatabaseSession,
  wanted: { readonly number: string; readonly accountSid: string; readonly atMs: number },
): Promise<NumberStanding | undefined> {
  const rows = await database.query<NumberStanding & Row>(
    `select kind, account_sid as "accountSid", (${FREE}) as free, (${FREE} and ${openTo("$2", "$3")}) as open
     from phone_numbers where number = $1`,
    [wanted.number, wanted.accountSid, new Date(wanted.atMs)],
  );
  return rows[0];
}

/** Writes the whole configuration of a number, and its owner, which may be another account. */
export async function writeNumber(
  tx: DatabaseSession,
  target: NumberTarget,
  change: { readonly accountSid: string; readonly atMs: number; readonly configuration: NumberConfiguration },
): Promise<OwnedNumber | undefined> {
  const rows = await tx.query<NumberRow>(
    `update phone_numbers set account_sid = $3, updated_at = $4, revision = revision + 1,
       ${assignments(UNCONFIGURED_NUMBER, 5)}
     where sid = $1 and account_sid = $2 returning *`,
    [target.sid, target.accountSid, change.accountSid, new Date(change.atMs), ...valuesOf(change.configuration)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

function valuesOf(configuration: NumberConfiguration): unknown[] {
  return keysOf(UNCONFIGURED_NUMBER).map((key) => configuration[key]);
}

/** A number that nobody has any more. */
export interface ReleasedNumber {
  readonly number: string;
  readonly revision: number;
}

/** Takes a number from its account: its configuration is gone, and nobody else gets it for a while. */
export async function releaseNumber(
  database: DatabaseSession,
  { accountSid, sid }: NumberTarget,
  quarantinedUntilMs: number,
): Promise<ReleasedNumber | undefined> {
  const rows = await database.query<{ number: string; revision: number }>(
    `update phone_numbers set account_sid = null, sid = null, created_at = null, updated_at = null,
       revision = revision + 1, quarantined_for = $2, quarantined_until = $3, origin = 'twilio',
       ${assignments(UNCONFIGURED_NUMBER, 4)}
     where sid = $1 and account_sid = $2 returning number, revision`,
    [sid, accountSid, new Date(quarantinedUntilMs), ...valuesOf(UNCONFIGURED_NUMBER)],
  );
  return rows[0];
}

/** Takes a number that leaves for another operator out of the inventory, whoever has it. */
export async function removeNumber(
  database: DatabaseSession,
  number: string,
): Promise<{ readonly accountSid: string | null; readonly sid: string | null; readonly revision: number } | undefined> {
  const rows = await database.query<{ account_sid: string | null; sid: string | null; revision: number }>(
    "delete from phone_numbers where number = $1 returning account_sid, sid, revision",
    [number],
  );
  const row = rows[0];
  return row && { accountSid: row.account_sid, sid: row.sid, revision: row.revision + 1 };
}

/** Takes an application off the numbers of its account. */
export async function unlinkApplication(
  tx: DatabaseSession,
  { accountSid, sid }: NumberTarget,
  atMs: number,
): Promise<OwnedNumber[]> {
  const rows = await tx.query<NumberRow>(
    `update phone_numbers set revision = revision + 1, updated_at = $3,
       sms_application_sid = case when sms_application_sid = $2 then '' else sms_application_sid end,
       voice_application_sid = case when voice_application_sid = $2 then '' else voice_application_sid end
     where account_sid = $1 and (sms_application_sid = $2 or voice_application_sid = $2) returning *`,
    [accountSid, sid, new Date(atMs)],
  );
  return rows.map(fromRow);
}

/** The part of a number that messages need. Few columns, because this is read for every number at the start. */
export interface TextNumber extends Pick<
  OwnedNumber,
  "number" | "accountSid" | "sid" | "revision" | "country" | "sms" | "mms" | "voice" | "kind"
> {
  readonly configuration: Pick<
    NumberConfiguration,
    "smsUrl" | "smsMethod" | "smsFallbackUrl" | "smsFallbackMethod" | "smsApplicationSid"
  >;
}

interface TextRow extends Row {
  number: string;
  account_sid: string;
  sid: string;
  revision: number;
  country: string | null;
  sms: boolean;
  mms: boolean;
  voice: boolean;
  kind: PhoneNumberKind;
  sms_url: string;
  sms_method: WebhookMethod;
  sms_fallback_url: string;
  sms_fallback_method: WebhookMethod;
  sms_application_sid: string;
}

const TEXT_COLUMNS = `number, account_sid, sid, revision, country, sms, mms, voice, kind,
  sms_url, sms_method, sms_fallback_url, sms_fallback_method, sms_application_sid`;

const BATCH_ROWS = 10_000;

/** All numbers that have an owner, in batches. */
export async function* readOwnedNumbers(database: Database): AsyncIterable<readonly TextNumber[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<TextRow>(
      `select ${TEXT_COLUMNS} from phone_numbers where account_sid is not null and number > $1 order by number limit $2`,
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(textNumber);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.number ?? after;
  }
}

/** Those of the numbers that have an owner. */
export async function readNumbersOf(database: DatabaseSession, numbers: readonly string[]): Promise<TextNumber[]> {
  const rows = await database.query<TextRow>(
    `select ${TEXT_COLUMNS} from phone_numbers where account_sid is not null and number = any($1)`,
    [numbers],
  );
  return rows.map(textNumber);
}

function textNumber(row: TextRow): TextNumber {
  return {
    number: row.number,
    accountSid: row.account_sid,
    sid: row.sid,
    revision: row.revision,
    country: row.country,
    sms: row.sms,
    mms: row.mms,
    voice: row.voice,
    kind: row.kind,
    configuration: {
      smsUrl: row.sms_url,
      smsMethod: row.sms_method,
      smsFallbackUrl: row.sms_fallback_url,
      smsFallbackMethod: row.sms_fallback_method,
      smsApplicationSid: row.sms_application_sid,
    },
  };
}

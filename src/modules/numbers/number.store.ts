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
import type { OwnedNumber, PhoneNumberKind } from "./phone-number.ts";

/** Whose numbers, and which SID. */
export interface NumberTarget {
  readonly accountSid: string;
  readonly sid: string;
}

interface NumberRow extends Row {
  number: string;
  country: string | null;
  region: string | null;
  kind: PhoneNumberKind;
  sms: boolean;
  mms: boolean;
  voice: boolean;
  account_sid: string;
  sid: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: NumberRow): OwnedNumber {
  const { number, country, region, kind, sms, mms, voice, sid, revision } = row;
  return {
    number,
    country,
    region,
    kind,
    sms,
    mms,
    voice,
    sid,
    accountSid: row.account_sid,
    revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    configuration: readConfiguration(UNCONFIGURED_NUMBER, row),
  };
}

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
       ${assignments(UNCONFIGURED_NUMBER, 6)}
     where number = $1 and account_sid is null and configured and kind = any($5) returning *`,
    [number, accountSid, sid, new Date(atMs), kinds, ...valuesOf(configuration)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** A free local number of a North American area code, held until the transaction ends; others get another one. */
export async function lockFreeNumber(tx: DatabaseSession, areaCode: string): Promise<string | undefined> {
  const rows = await tx.query<{ number: string }>(
    `select number from phone_numbers
     where account_sid is null and configured and country in ('US', 'CA') and kind = 'local' and number like $1
     order by number limit 1 for update skip locked`,
    [`+1${areaCode}%`],
  );
  return rows[0]?.number;
}

/** The kind of a free number, to say why it was not sold. */
export async function freeNumberKind(database: DatabaseSession, number: string): Promise<PhoneNumberKind | undefined> {
  const rows = await database.query<{ kind: PhoneNumberKind }>(
    "select kind from phone_numbers where number = $1 and account_sid is null and configured",
    [number],
  );
  return rows[0]?.kind;
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

/** Takes a number from its account; its configuration is gone. */
export async function releaseNumber(
  database: DatabaseSession,
  { accountSid, sid }: NumberTarget,
): Promise<ReleasedNumber | undefined> {
  const rows = await database.query<{ number: string; revision: number }>(
    `update phone_numbers set account_sid = null, sid = null, created_at = null, updated_at = null,
       revision = revision + 1, ${assignments(UNCONFIGURED_NUMBER, 3)}
     where sid = $1 and account_sid = $2 returning number, revision`,
    [sid, accountSid, ...valuesOf(UNCONFIGURED_NUMBER)],
  );
  return rows[0];
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
export interface TextNumber extends Pick<OwnedNumber, "number" | "accountSid" | "revision" | "sms" | "mms" | "kind"> {
  readonly configuration: Pick<
    NumberConfiguration,
    "smsUrl" | "smsMethod" | "smsFallbackUrl" | "smsFallbackMethod" | "smsApplicationSid"
  >;
}

interface TextRow extends Row {
  number: string;
  account_sid: string;
  revision: number;
  sms: boolean;
  mms: boolean;
  kind: PhoneNumberKind;
  sms_url: string;
  sms_method: WebhookMethod;
  sms_fallback_url: string;
  sms_fallback_method: WebhookMethod;
  sms_application_sid: string;
}

const BATCH_ROWS = 10_000;

/** All numbers that have an owner, in batches. */
export async function* readOwnedNumbers(database: Database): AsyncIterable<readonly TextNumber[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<TextRow>(
      `select number, account_sid, revision, sms, mms, kind,
         sms_url, sms_method, sms_fallback_url, sms_fallback_method, sms_application_sid
       from phone_numbers where account_sid is not null and number > $1 order by number limit $2`,
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(textNumber);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.number ?? after;
  }
}

function textNumber(row: TextRow): TextNumber {
  return {
    number: row.number,
    accountSid: row.account_sid,
    revision: row.revision,
    sms: row.sms,
    mms: row.mms,
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

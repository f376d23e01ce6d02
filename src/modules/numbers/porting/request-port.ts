import { AppError } from "../../../kernel/errors.ts";
import type { JsonObject, JsonValue } from "../../../platform/http/index.ts";
import { parseAddress } from "../../../protocols/e164/index.ts";
import { findAddress } from "../addresses/address.store.ts";
import type { NumbersDeps } from "../deps.ts";
import { portingErrors } from "./errors.ts";
import { checkPortability } from "./check-portability.ts";
import {
  isCancelable,
  MAX_NUMBERS_PER_REQUEST,
  MAX_REQUESTS_PER_ACCOUNT,
  statusOfRequest,
  type PortInNumber,
  type PortInRequest,
} from "./port-in.ts";
import { findPortIn, findUnderWay, insertPortIn, writePortInNumber } from "./port-in.store.ts";
import { settle } from "./progress-ports.ts";
import { keepEvents } from "./webhooks.ts";

const MAX_CHARACTERS = 256;
const MAX_DOCUMENTS = 100;
const MAX_EMAILS = 20;
const DAY_MS = 86_400_000;
const NOTICE_DAYS = 7;
const NOTICE_DAYS_JAPAN = 10;

/** A request for numbers of another operator, as the caller said it. */
export interface PortInInput {
  /** The account that asks. */
  readonly ownerSid: string;
  /** The account that gets the numbers; the caller has been found to act for it. */
  readonly accountSid: string;
  readonly body: JsonObject;
}

function fail(reason: string): never {
  throw new AppError(portingErrors.bodyInvalid, { reason });
}

/** Opens a port-in request. */
export async function requestPortIn(deps: NumbersDeps, input: PortInInput): Promise<PortInRequest> {
  const { ownerSid, accountSid, body } = input;
  const nowMs = deps.clock.nowMs();
  const content = await readContent(deps, accountSid, body);
  const wanted = readNumbers(body["phone_numbers"]);
  checkNotice(content, wanted, nowMs);
  const sid = deps.mintSid("KW");
  const nextAtMs = new Map<string, number>();
  const numbers: PortInNumber[] = [];
  for (const { number, pin } of wanted) {
    const { portable, notPortableCode, kind, country } = await checkPortability(deps, { number, accountSid });
    const made: PortInNumber = {
      sid: deps.mintSid("PU"),
      requestSid: sid,
      accountSid,
      number,
      kind,
      country,
      pin,
      portable,
      notPortableCode,
      status: portable ? "waiting-for-signature" : "not-portable",
      rejectionCode: "",
      portAtMs: undefined,
      createdMs: nowMs,
      updatedMs: nowMs,
    };
    numbers.push(made);
    if (portable) nextAtMs.set(made.sid, nowMs + deps.portingAuthority.firstStepMs(number));
  }
  const request: PortInRequest = {
    sid,
    accountSid,
    ownerSid,
    status: statusOfRequest(numbers),
    statusMs: nowMs,
    cancellationReason: "",
    content,
    ticket: Math.floor(nowMs / 1_000),
    createdMs: nowMs,
    numbers,
  };
  const mainSid = await deps.mainAccount(ownerSid);
  await deps.database.transaction(async (tx) => {
    // One after the other, so that of two requests for a number the second one is told of the first.
    await tx.query("select pg_advisory_xact_lock(hashtextextended('numbers porting', 0))");
    const [taken] = await findUnderWay(
      tx,
      numbers.filter(({ portable }) => portable).map(({ number }) => number),
    );
    if (taken !== undefined) throw new AppError(portingErrors.numberUnderWay, { number: taken });
    if (!(await insertPortIn(tx, request, nextAtMs))) {
      throw new AppError(portingErrors.tooMany, { max: MAX_REQUESTS_PER_ACCOUNT });
    }
    await keepEvents(tx, mainSid, { before: undefined, after: request });
  });
  return request;
}

function readNumbers(value: JsonValue): { readonly number: string; readonly pin: string }[] {
  if (!Array.isArray(value) || value.length === 0) return fail("phone_numbers names no number");
  if (value.length > MAX_NUMBERS_PER_REQUEST) fail(`phone_numbers names more than ${MAX_NUMBERS_PER_REQUEST} numbers`);
  const numbers = new Map<string, string>();
  for (const item of value as readonly JsonValue[]) {
    if (typeof item !== "object" || item === null || Array.isArray(item)) fail("phone_numbers has what is no object");
    const { phone_number: said, pin } = item as JsonObject;
    const address = typeof said === "string" ? parseAddress(said) : undefined;
    if (address?.kind !== "e164") {
      throw new AppError(portingErrors.numberInvalid, {
        value: typeof said === "string" ? said.slice(0, MAX_CHARACTERS) : "",
      });
    }
    const pinText = typeof pin === "number" ? String(pin) : typeof pin === "string" ? pin : "";
    if (pinText.length > 32) fail("a pin is longer than 32 characters");
    numbers.set(address.e164, pinText);
  }
  return [...numbers].map(([number, pin]) => ({ number, pin }));
}

async function readContent(deps: NumbersDeps, accountSid: string, body: JsonObject): Promise<JsonObject> {
  const optional = (key: string): string | null => textOf(body, key) ?? null;
  const documents = textsOf(body, "documents", MAX_DOCUMENTS);
  if (documents.length === 0) fail("documents names none; a utility bill is needed");
  const carrier = body["losing_carrier_information"];
  if (typeof carrier !== "object" || carrier === null || Array.isArray(carrier)) {
    return fail("losing_carrier_information is missing");
  }
  return {
    notification_emails: textsOf(body, "notification_emails", MAX_EMAILS),
    target_port_in_date: readDate(body),
    target_port_in_time_range_start: readTime(body, "target_port_in_time_range_start"),
    target_port_in_time_range_end: readTime(body, "target_port_in_time_range_end"),
    losing_carrier_information: await readCarrier(deps, accountSid, carrier as JsonObject),
    bundle_sid: optional("bundle_sid"),
    portability_advance_carrier: optional("portability_advance_carrier"),
    auto_cancel_approval_numbers: optional("auto_cancel_approval_numbers"),
    documents,
  };
}

const CARRIER_FIELDS = [
  "account_number",
  "account_telephone_number",
  "authorized_representative_katakana",
  "sub_municipality",
  "building",
  "katakana_name",
];

async function readCarrier(deps: NumbersDeps, accountSid: string, said: JsonObject): Promise<JsonObject> {
  const required = (key: string): string => {
    const value = textOf(said, key);
    return value === undefined || value === "" ? fail(`losing_carrier_information.${key} is missing`) : value;
  };
  const type = textOf(said, "customer_type");
  if (type !== undefined && type !== "Business" && type !== "Individual") {
    fail("losing_carrier_information.customer_type is neither Business nor Individual");
  }
  const email = required("authorized_representative_email");
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    fail("losing_carrier_information.authorized_representative_email is no address");
  const more = CARRIER_FIELDS.flatMap((key) => {
    const value = textOf(said, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const addressSid = textOf(said, "address_sid") ?? "";
  return {
    customer_name: required("customer_name"),
    authorized_representative: required("authorized_representative"),
    authorized_representative_email: email,
    ...(type === undefined ? {} : { customer_type: type }),
    ...Object.fromEntries(more),
    ...(addressSid === "" ? {} : { address_sid: addressSid }),
    address: addressSid === "" ? readAddress(said["address"]) : await copyAddress(deps, accountSid, addressSid),
  };
}

function readAddress(value: JsonValue): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail("losing_carrier_information needs an address or an address_sid");
  }
  const said = value as JsonObject;
  const fields = ["street", "city", "state", "zip", "country"].map((key) => {
    const text = textOf(said, key);
    return text === undefined || text === ""
      ? fail(`losing_carrier_information.address.${key} is missing`)
      : [key, text];
  });
  return { ...(Object.fromEntries(fields) as JsonObject), street_2: textOf(said, "street_2") ?? null };
}

/** As it is now: what is changed later does not change the letter of authorization. */
async function copyAddress({ database }: NumbersDeps, accountSid: string, sid: string): Promise<JsonObject> {
  const found = await findAddress(database, { accountSid, sid });
  if (found === undefined) throw new AppError(portingErrors.addressUnknown, { value: sid.slice(0, MAX_CHARACTERS) });
  return {
    street: found.street,
    street_2: found.streetSecondary === "" ? null : found.streetSecondary,
    city: found.city,
    state: found.region,
    zip: found.postalCode,
    country: found.isoCountry,
  };
}

function textOf(from: JsonObject, key: string): string | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") return fail(`${key} is no text`);
  return value.length > MAX_CHARACTERS ? fail(`${key} is longer than ${MAX_CHARACTERS} characters`) : value;
}

function textsOf(from: JsonObject, key: string, maxCount: number): string[] {
  const value = from[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxCount) return fail(`${key} is no list of at most ${maxCount} texts`);
  return (value as readonly JsonValue[]).map((item) => {
    return typeof item === "string" && item.length <= MAX_CHARACTERS ? item : fail(`${key} has what is no text`);
  });
}

function readDate(body: JsonObject): string | null {
  const date = textOf(body, "target_port_in_date");
  if (date === undefined) return null;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
  return isDate ? date : fail("target_port_in_date is no date of the form 2011-12-03");
}

function readTime(body: JsonObject, key: string): string | null {
  const time = textOf(body, key);
  if (time === undefined) return null;
  const isTime = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d{2}:\d{2})$/.test(time);
  return isTime ? time : fail(`${key} is no time of the form 10:15:00-08:00`);
}

function checkNotice(content: JsonObject, numbers: readonly { readonly number: string }[], nowMs: number): void {
  const date = content["target_port_in_date"];
  if (typeof date !== "string") return;
  const days = numbers.some(({ number }) => number.startsWith("+81")) ? NOTICE_DAYS_JAPAN : NOTICE_DAYS;
  if (Date.parse(`${date}T00:00:00Z`) < Math.floor(nowMs / DAY_MS) * DAY_MS + days * DAY_MS) {
    fail(`target_port_in_date is not at least ${days} days from now`);
  }
}

/** Which of a request's numbers are called off: one, or all that still can be. */
export interface CancelInput {
  readonly accountSid: string;
  readonly sid: string;
  readonly numberSid?: string;
}

/** Calls a request off, or one of its numbers. Resolves to whether there was one. Throws 409 where it is too late. */
export async function cancelPortIn(deps: NumbersDeps, input: CancelInput): Promise<boolean> {
  const { accountSid, sid, numberSid } = input;
  const seen = await findPortIn(deps.database, { accountSid, sid });
  if (seen === undefined) return false;
  const mainSid = await deps.mainAccount(seen.ownerSid);
  return deps.database.transaction(async (tx) => {
    const before = await findPortIn(tx, { accountSid, sid }, true);
    const chosen = before?.numbers.filter((number) => numberSid === undefined || number.sid === numberSid);
    if (before === undefined || chosen === undefined || chosen.length === 0) return false;
    const open = chosen.filter(({ status }) => isCancelable(status));
    if (open.length === 0) {
      throw new AppError(portingErrors.notCancelable, { sid: numberSid ?? sid, status: chosen[0]?.status ?? "" });
    }
    const nowMs = deps.clock.nowMs();
    const canceled = new Set(open.map((number) => number.sid));
    const numbers = before.numbers.map((number) => {
      return canceled.has(number.sid) ? { ...number, status: "canceled" as const, updatedMs: nowMs } : number;
    });
    for (const number of numbers) if (canceled.has(number.sid)) await writePortInNumber(tx, number, undefined);
    const cancellationReason = numberSid === undefined ? "Canceled by the customer." : before.cancellationReason;
    await settle(tx, { mainSid, before, after: { ...before, cancellationReason, numbers }, nowMs });
    return true;
  });
}

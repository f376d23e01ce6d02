import { AppError } from "../../../kernel/errors.ts";
import { isSid } from "../../../kernel/ids.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { defineRoute, type JsonObject, type JsonValue, type Route } from "../../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../../platform/ports.ts";
import type { NumbersDeps } from "../deps.ts";
import { senderErrors } from "./errors.ts";
import { registerIn } from "./register-sender.ts";

const LIST = "/v1/SenderIdRegistrations";
const SESSIONS = "/v1/SenderIdRegistrations/{BundleSid}/EmbeddedSessions";
const common = { product: "numbers", tag: "SenderIdRegistrations", access: "account" } as const;
const MAX_CHARACTERS = 255;
const MAX_URL_CHARACTERS = 2_048;
const MAX_REGISTRATIONS_PER_ACCOUNT = 1_000;

/** A registration of an alphanumeric sender, as this cell keeps it. */
interface Registration {
  /** `BU…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly regulationSid: string;
  readonly regulationVersion: number;
  readonly friendlyName: string;
  readonly notificationEmail: string;
  readonly statusCallback: string;
  readonly comments: string;
  readonly themeSetId: string;
  readonly data: JsonObject;
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly atMs: number;
}

/**
 * `SenderIdRegistrations`: a dossier about an alphanumeric sender, and sessions in which it
 * would be filled in by hand. The sender that it names is registered along with it.
 */
export function senderRegistrationRoutes(deps: NumbersDeps): Route[] {
  return [createRoute(deps), sessionRoute(deps)];
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    body: "json",
    operationId: "CreateSenderIdRegistration",
    summary: "Register an alphanumeric sender with the particulars that a country asks for",
    success: 201,
    creates: true,
    errors: Object.values(senderErrors),
    run: async ({ accountSid, json }) => {
      const registration = readRegistration(deps, accountSid, json);
      const wish = senderOf(registration.data);
      const senders = await deps.database.transaction(async (tx) => {
        await insertRegistration(tx, registration);
        return wish === undefined ? undefined : (await registerIn(deps, tx, { accountSid, ...wish })).senders;
      });
      if (senders !== undefined) deps.book.setAlphanumeric(accountSid, senders);
      return registration;
    },
    view: (made): JsonObject => ({
      id: made.sid,
      regulationId: made.regulationSid,
      regulationVersion: made.regulationVersion,
      friendlyName: made.friendlyName,
      status: "DRAFT",
      statusNotificationEmail: made.notificationEmail === "" ? null : made.notificationEmail,
      statusCallbackUrl: made.statusCallback === "" ? null : made.statusCallback,
      comments: made.comments === "" ? null : made.comments,
      embeddedSession: { sessionId: made.sessionId, sessionToken: made.sessionToken },
      data: made.data,
      dateCreated: iso8601(made.atMs),
      dateUpdated: iso8601(made.atMs),
    }),
  });
}

function sessionRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: SESSIONS,
    body: "json",
    operationId: "CreateSenderIdRegistrationEmbeddedSession",
    summary: "Open another session for a registration",
    success: 201,
    errors: [senderErrors.bodyInvalid],
    run: async (call) => {
      const body = call.json === undefined ? {} : objectOf(call.json, "the body");
      const theme = textOf(body, "themeSetId", MAX_CHARACTERS) ?? "";
      const sid = call.path.BundleSid;
      const session = newSession(deps);
      const rows = await deps.database.query(
        `update sender_id_registrations set session_id = $3, session_token = $4, updated_at = $5,
           theme_set_id = case when $6 = '' then theme_set_id else $6 end
         where sid = $1 and account_sid = $2 returning sid`,
        [sid, call.accountSid, session.sessionId, session.sessionToken, new Date(deps.clock.nowMs()), theme],
      );
      if (rows.length === 0) throw call.notFound();
      return { sid, ...session };
    },
    view: ({ sid, sessionId, sessionToken }): JsonObject => ({ id: sid, sessionId, sessionToken }),
  });
}

/** Ids of sessions are random like SIDs; no page of this server takes them. */
function newSession({ mintSid }: NumbersDeps): { readonly sessionId: string; readonly sessionToken: string } {
  return { sessionId: mintSid("ES").slice(2), sessionToken: mintSid("ET").slice(2) };
}

function fail(reason: string): never {
  throw new AppError(senderErrors.bodyInvalid, { reason });
}

function objectOf(value: JsonValue, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(`${what} is no object`);
  return value as JsonObject;
}

function textOf(from: JsonObject, key: string, maxCharacters: number): string | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") return fail(`${key} is no text`);
  if (value.length > maxCharacters) return fail(`${key} is longer than ${maxCharacters} characters`);
  return value;
}

function readRegistration(deps: NumbersDeps, accountSid: string, json: JsonValue): Registration {
  const body = objectOf(json, "the body");
  const regulationSid = textOf(body, "regulationId", MAX_CHARACTERS) ?? fail("regulationId is missing");
  if (!isSid(regulationSid.slice(0, 2) + regulationSid.slice(2).toLowerCase(), "RN")) {
    fail("regulationId is no SID of the form RN and 32 hexadecimal digits");
  }
  const version = body["regulationVersion"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1 || version > 2 ** 31 - 1) {
    fail("regulationVersion is no whole number from 1");
  }
  const statusCallback = textOf(body, "statusCallbackUrl", MAX_URL_CHARACTERS) ?? "";
  if (statusCallback !== "" && !/^https?:/i.test(statusCallback)) fail("statusCallbackUrl is no http or https URL");
  return {
    sid: deps.mintSid("BU"),
    accountSid,
    regulationSid,
    regulationVersion: version,
    friendlyName: textOf(body, "friendlyName", MAX_CHARACTERS) ?? fail("friendlyName is missing"),
    notificationEmail: textOf(body, "statusNotificationEmail", MAX_CHARACTERS) ?? "",
    statusCallback,
    comments: textOf(body, "comments", MAX_CHARACTERS) ?? "",
    themeSetId: textOf(body, "themeSetId", MAX_CHARACTERS) ?? "",
    data: objectOf(body["data"], "data"),
    ...newSession(deps),
    atMs: deps.clock.nowMs(),
  };
}

const SENDER_KEYS = ["senderId", "alphanumericSenderId", "alphanumericSender", "value"];

/** The sender that the particulars name, in `data.alphanumericSender`. */
function senderOf(data: JsonObject): { readonly sender: string; readonly isoCountry: string } | undefined {
  const said = data["alphanumericSender"];
  if (typeof said === "string") return { sender: said, isoCountry: "" };
  if (typeof said !== "object" || said === null || Array.isArray(said)) return undefined;
  const section = said as JsonObject;
  const sender = SENDER_KEYS.map((key) => section[key]).find((value) => typeof value === "string");
  const country = section["isoCountry"];
  if (typeof sender !== "string") return undefined;
  return { sender, isoCountry: typeof country === "string" ? country : "" };
}

async function insertRegistration(tx: DatabaseSession, made: Registration): Promise<void> {
  const at = new Date(made.atMs);
  const rows = await tx.query<Row>(
    `insert into sender_id_registrations
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'DRAFT', $11, $12, $13, $13
     where (select count(*) from sender_id_registrations where account_sid = $2) < ${MAX_REGISTRATIONS_PER_ACCOUNT}
     returning sid`,
    [
      made.sid,
      made.accountSid,
      made.regulationSid,
      made.regulationVersion,
      made.friendlyName,
      made.notificationEmail,
      made.statusCallback,
      made.comments,
      made.themeSetId,
      JSON.stringify(made.data),
      made.sessionId,
      made.sessionToken,
      at,
    ],
  );
  if (rows.length === 0) fail(`the account has ${MAX_REGISTRATIONS_PER_ACCOUNT} registrations already`);
}

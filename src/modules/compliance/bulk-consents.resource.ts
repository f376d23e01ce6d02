import { AppError } from "../../kernel/errors.ts";
import { defineRoute, list, text, type JsonObject, type Route } from "../../platform/http/index.ts";
import { changeConsents } from "./change-consents.ts";
import { recipientOf } from "./checks.ts";
import { credentialOf, type ComplianceDeps } from "./deps.ts";
import { complianceErrors } from "./errors.ts";

/** As Twilio has it. */
const MAX_ITEMS = 25;
const INVALID = 30_646;

interface Item {
  readonly contactId: string;
  readonly correlationId: string;
  readonly senderId: string;
  readonly status: "opt-in" | "opt-out";
}

/** `Consents/Bulk` of accounts v1: consent that was given or taken back outside of messages. */
export function bulkConsentRoutes(deps: ComplianceDeps): Route[] {
  return [
    defineRoute({
      product: "accounts",
      tag: "AccountsV1BulkConsents",
      access: "account",
      method: "POST",
      path: "/v1/Consents/Bulk",
      operationId: "CreateBulkConsents",
      summary: "Opt recipients in or out, each of a Messaging Service or a number",
      success: 201,
      parameters: {
        Items: list({
          of: text({ maxCharacters: 1_000 }),
          maxCount: MAX_ITEMS,
          required: true,
          summary: "JSON objects.",
        }),
      },
      run: async (call) => {
        const results: JsonObject[] = [];
        for (const text of call.params.Items) {
          results.push(
            await takeItem(deps, text, { accountSid: call.accountSid, actor: credentialOf(call.principal) }),
          );
        }
        return { items: results };
      },
      view: (made) => made,
    }),
  ];
}

async function takeItem(
  deps: ComplianceDeps,
  text: string,
  by: { readonly accountSid: string; readonly actor: string },
): Promise<JsonObject> {
  const item = readItem(text);
  if ("faults" in item) return failure(item.correlationId, item.faults);
  const { contactId, correlationId, senderId, status } = item;
  const state = status === "opt-out" ? "opted-out" : "opted-in";
  try {
    await changeConsents(deps, { ...by, scope: senderId, state, recipients: [contactId] });
  } catch (error) {
    if (!(error instanceof AppError) || error.spec !== complianceErrors.scopeInvalid) throw error;
    return failure(correlationId, ["INVALID_SENDER_ID"]);
  }
  return { correlation_id: correlationId, error_code: 0, error_messages: [] };
}

function failure(correlationId: string, faults: readonly string[]): JsonObject {
  return { correlation_id: correlationId, error_code: INVALID, error_messages: [...faults] };
}

function readItem(text: string): Item | { readonly correlationId: string; readonly faults: string[] } {
  const fields = readObject(text);
  const field = (name: string): string => (typeof fields[name] === "string" ? fields[name] : "");
  const correlationId = field("correlation_id");
  const contactId = recipientOf(field("contact_id"));
  const status = field("status");
  const faults: string[] = [];
  if (contactId === undefined) faults.push("INVALID_CONTACT_ID");
  if (field("sender_id") === "") faults.push("INVALID_SENDER_ID");
  if (status !== "opt-in" && status !== "opt-out") faults.push("INVALID_STATUS");
  const date = field("date_of_consent");
  if (date !== "" && Number.isNaN(Date.parse(date))) faults.push("INVALID_DATE_OF_CONSENT");
  if (faults.length > 0 || contactId === undefined || (status !== "opt-in" && status !== "opt-out")) {
    return { correlationId, faults };
  }
  return { contactId, correlationId, senderId: field("sender_id"), status };
}

function readObject(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

import { AppError } from "../../../kernel/errors.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { defineRoute, type JsonObject, type JsonValue, type Route } from "../../../platform/http/index.ts";
import type { NumbersDeps } from "../deps.ts";
import { withApiNames } from "./field-names.ts";
import { portingErrors } from "./errors.ts";
import { findWebhooks, NOTIFICATIONS, writeWebhooks, type PortingWebhooks } from "./webhooks.ts";

const PATH = "/v1/Porting/Configuration/Webhook";
const common = { product: "numbers", tag: "Porting", access: "account" } as const;
const MAX_URL_CHARACTERS = 2_048;
const NONE: PortingWebhooks = {
  portInUrl: "",
  portInMs: undefined,
  portOutUrl: "",
  portOutMs: undefined,
  notificationsOf: [],
};

/** Where an account is told of ports: a configuration for it and its subaccounts. */
export function portingWebhookRoutes({ database, clock }: NumbersDeps): Route[] {
  return [
    defineRoute({
      ...common,
      method: "POST",
      path: PATH,
      body: "json",
      operationId: "CreatePortingWebhookConfiguration",
      summary: "Say where the account is told of ports",
      success: 201,
      errors: [portingErrors.webhookInvalid],
      run: async ({ accountSid, json }) => {
        const webhooks = readWebhooks(json, clock.nowMs());
        await writeWebhooks(database, accountSid, webhooks);
        return webhooks;
      },
      view: (webhooks, { baseUrl }) => viewWebhooks(webhooks, baseUrl),
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: PATH,
      operationId: "FetchPortingWebhookConfigurationFetch",
      summary: "Fetch where the account is told of ports",
      success: 200,
      run: async (call) => {
        const found = await findWebhooks(database, call.accountSid);
        if (found === undefined) throw call.notFound();
        return found;
      },
      view: (webhooks, { baseUrl }): JsonObject => ({
        ...viewWebhooks(webhooks, baseUrl),
        port_in_target_date_created: webhooks.portInMs === undefined ? null : iso8601(webhooks.portInMs),
        port_out_target_date_created: webhooks.portOutMs === undefined ? null : iso8601(webhooks.portOutMs),
      }),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: `${PATH}/{WebhookType}`,
      operationId: "DeletePortingWebhookConfigurationDelete",
      summary: "Take the webhook of `PORT_IN` or `PORT_OUT` away",
      success: 204,
      run: async (call) => {
        const type = call.path.WebhookType.toUpperCase().replace("-", "_");
        const found = await findWebhooks(database, call.accountSid);
        const isIn = type === "PORT_IN";
        if (found === undefined || (!isIn && type !== "PORT_OUT")) throw call.notFound();
        if ((isIn ? found.portInUrl : found.portOutUrl) === "") throw call.notFound();
        const less = isIn ? { portInUrl: "", portInMs: undefined } : { portOutUrl: "", portOutMs: undefined };
        await writeWebhooks(database, call.accountSid, { ...found, ...less });
      },
    }),
  ];
}

function viewWebhooks({ portInUrl, portOutUrl, notificationsOf }: PortingWebhooks, baseUrl: string): JsonObject {
  return {
    url: `${baseUrl}${PATH}`,
    port_in_target_url: portInUrl === "" ? null : portInUrl,
    port_out_target_url: portOutUrl === "" ? null : portOutUrl,
    notifications_of: notificationsOf,
  };
}

function fail(reason: string): never {
  throw new AppError(portingErrors.webhookInvalid, { reason });
}

function readWebhooks(json: JsonValue, nowMs: number): PortingWebhooks {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail("the body is no object");
  const body = withApiNames(json) as JsonObject;
  const portInUrl = readUrl(body, "port_in_target_url");
  const portOutUrl = readUrl(body, "port_out_target_url");
  if (portInUrl === "" && portOutUrl === "") fail("it names no URL");
  const wanted = body["notifications_of"] ?? [];
  const known: readonly string[] = NOTIFICATIONS;
  if (!Array.isArray(wanted)) return fail("notifications_of is no list");
  const notificationsOf = (wanted as readonly JsonValue[]).map((one) => {
    return typeof one === "string" && known.includes(one) ? one : fail(`notifications_of takes ${known.join(", ")}`);
  });
  return {
    ...NONE,
    portInUrl,
    portInMs: portInUrl === "" ? undefined : nowMs,
    portOutUrl,
    portOutMs: portOutUrl === "" ? undefined : nowMs,
    notificationsOf: [...new Set(notificationsOf)],
  };
}

function readUrl(body: JsonObject, key: string): string {
  const value = body[key];
  if (value === undefined || value === null || value === "") return "";
  const isUrl = typeof value === "string" && value.length <= MAX_URL_CHARACTERS && /^https?:/i.test(value);
  return isUrl && URL.canParse(value) ? value : fail(`${key} is no http or https URL`);
}

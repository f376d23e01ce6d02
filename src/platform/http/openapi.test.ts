import assert from "node:assert/strict";
import { test } from "node:test";
import { callerError } from "../../kernel/errors.ts";
import { dateFilter, defineListRoute, defineRoute, errorDictionary, openApi, phone, text } from "./index.ts";

const base = { product: "api", tag: "Messages", access: "account" } as const;
const routes = [
  defineRoute({
    ...base,
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Messages",
    operationId: "CreateMessage",
    summary: "Send",
    parameters: {
      To: phone({ required: true, invalid: callerError(21211, 400, "no") }),
      Body: text({ maxCharacters: 5, summary: "What to say." }),
    },
    success: 201,
    run: () => ({}),
    view: () => ({}),
  }),
  defineListRoute({
    ...base,
    path: "/2010-04-01/Accounts/{AccountSid}/Messages",
    operationId: "ListMessage",
    summary: "List",
    parameters: { DateSent: dateFilter() },
    collection: "messages",
    page: () => ({ records: [] }),
    view: () => ({}),
  }),
  defineRoute({
    ...base,
    product: "verify",
    method: "GET",
    path: "/v2/X",
    operationId: "X",
    summary: "X",
    success: 200,
    run: () => ({}),
    view: () => ({}),
  }),
];

test("the OpenAPI document of a product follows from its routes", () => {
  const document = JSON.parse(JSON.stringify(openApi({ product: "api", routes, version: "1" }))) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
  };
  const path = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
  assert.deepEqual(Object.keys(document.paths), [path]);
  const { get, post } = document.paths[path] ?? {};
  assert.deepEqual(post?.["requestBody"], {
    content: {
      "application/x-www-form-urlencoded": {
        schema: {
          type: "object",
          properties: {
            To: { type: "string", format: "phone-number" },
            Body: { type: "string", maxLength: 5, description: "What to say." },
          },
          required: ["To"],
        },
      },
    },
  });
  const names = ((get?.["parameters"] ?? []) as { name: string; in: string }[]).map(
    (parameter) => `${parameter.in} ${parameter.name}`,
  );
  assert.deepEqual(names, [
    "path AccountSid",
    "query DateSent",
    "query DateSent<",
    "query DateSent>",
    "query PageSize",
    "query Page",
    "query PageToken",
  ]);
  assert.match(JSON.stringify(post?.["responses"]), /20001, 21211/);
});

test("the error dictionary has each error once, by code", () => {
  const mine = callerError(21211, 400, "no");
  const entries = errorDictionary([mine, mine]);
  assert.deepEqual(
    entries.map((entry) => entry.code),
    entries.map((entry) => entry.code).sort((a, b) => a - b),
  );
  assert.equal(entries.filter((entry) => entry.code === 21211).length, 1);
  assert.equal(entries.at(-1)?.moreInfo, "https://www.twilio.com/docs/errors/21211");
});

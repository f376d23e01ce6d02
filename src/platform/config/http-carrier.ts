/** What the file can say about a carrier that is reached by an HTTP API: everything about it, as data. */
import { jsonTemplate } from "./carrier-json-template.ts";
import { template, urlTemplate } from "./carrier-template.ts";
import { statusRange, textPattern, valuePath } from "./carrier-value-path.ts";
import { httpPeerFields } from "./http-peer-settings.ts";
import type { SettingsOf } from "./schema.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { boolean, integer, list, oneOf, record, text, variant } from "./value-types.ts";

const MAX_FIELDS = 50;
const MAX_ROWS = 200;
const MAX_VALUES = 200;

const fieldName = text({
  expected: "a name of 1 to 100 visible ASCII characters",
  maxLength: 100,
  pattern: /^[\x21-\x7e]+$/,
});
const headerName = text({
  expected: "the name of a header field, other than Host, Connection, Content-Length and Transfer-Encoding",
  maxLength: 100,
  pattern: /^(?!(?:host|connection|content-length|transfer-encoding)$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$/i,
});
const secretText = text({
  expected: "1 to 500 visible ASCII characters",
  maxLength: 500,
  pattern: /^[\x20-\x7e]+$/,
});
const shortText = text({ expected: "at most 100 visible ASCII characters", maxLength: 100, pattern: /^[\x20-\x7e]*$/ });
const errorCode = integer(10_000, 99_999, "an error code");

/** A value that the aggregator may name in one of several ways. */
const values = list(text({ expected: "a text of at most 200 characters", maxLength: 200 }), MAX_VALUES);

const keyedHash = defineSettings({
  header: required(headerName, { description: "The header field that has it." }),
  key: required(secretText, { description: "The secret that both sides know.", secret: true }),
  encoding: setting(oneOf("hex", "base64"), { default: "hex", description: "How it is written." }),
  prefix: setting(shortText, { default: "", description: "What stands before it, for example `sha256=`." }),
});

const credentials = {
  username: required(secretText, { description: "The user." }),
  password: required(secretText, { description: "The password.", secret: true }),
};

const authentication = variant(
  {},
  {
    basic: defineSettings(credentials),
    bearer: defineSettings({ token: required(secretText, { description: "The token.", secret: true }) }),
    header: defineSettings({
      name: required(headerName, { description: "The header field." }),
      value: required(secretText, { description: "All of its value.", secret: true }),
    }),
    /** In the form of the body, or in the query where the body is no form. */
    fields: defineSettings({
      fields: required(
        list(
          record({
            name: required(fieldName, { description: "Its name." }),
            value: required(secretText, { description: "Its value.", secret: true }),
          }),
          MAX_FIELDS,
        ),
        { description: "The fields." },
      ),
    }),
    hmac: defineSettings(keyedHash),
  },
);

const templatedHeader = record({
  name: required(headerName, { description: "Its name." }),
  value: required(template("header"), { description: "Its value, with placeholders." }),
});

const body = variant(
  {},
  {
    none: defineSettings({}),
    form: defineSettings({
      fields: required(
        list(
          record({
            name: required(fieldName, { description: "Its name." }),
            value: required(template("field"), { description: "Its value, with placeholders." }),
          }),
          MAX_FIELDS,
        ),
        { description: "The fields, in this order." },
      ),
    }),
    json: defineSettings({
      template: required(jsonTemplate(), { description: "The document, with placeholders in its strings." }),
    }),
    text: defineSettings({
      contentType: required(shortText, { description: "`Content-Type` of the request." }),
      template: required(template("raw"), {
        description: "The text, with placeholders that say how they are written.",
      }),
    }),
  },
);

const submitFields = defineSettings({
  method: setting(oneOf("POST", "GET", "PUT"), { default: "POST", description: "The method." }),
  url: required(urlTemplate(), { description: "The URL. What is put into it is percent-encoded." }),
  headers: setting(list(templatedHeader, MAX_FIELDS), { default: [], description: "Further header fields." }),
  body: setting(body, { default: { type: "none" }, description: "The body." }),
  auth: optional(authentication, { description: "How the request is authenticated." }),
  recognisesRepeats: setting(boolean(), {
    default: false,
    description:
      "Whether the aggregator takes a request with the same `{reference}` once only. Then a request is made again " +
      "where a kept connection broke before the answer.",
  }),
});

const verdict = oneOf("accepted", "throttle", "later", "other-route", "permanent", "unknown");

const outcomeEnd = {
  verdict: required(verdict, {
    description: "What it means. All but `accepted` and `unknown` say for certain that nothing was sent.",
  }),
  errorCode: setting(errorCode, { default: 30_008, description: "The message's error code if this ends it." }),
};

const structuredOutcome = record({
  status: optional(statusRange(), { description: "The HTTP status. Without it, any." }),
  path: optional(valuePath(), { description: "Where to look. Without it, the status alone decides." }),
  equals: setting(values, { default: [], description: "What must stand there. Empty: anything." }),
  ...outcomeEnd,
});

const textOutcome = record({
  status: optional(statusRange(), { description: "The HTTP status. Without it, any." }),
  matches: optional(textPattern(), { description: "What the text must match. Without it, the status alone decides." }),
  ...outcomeEnd,
});

const structured = defineSettings({
  id: optional(valuePath(), {
    description: "Where the message id stands. Without it, the id is the `{reference}` of the request.",
  }),
  outcomes: setting(list(structuredOutcome, MAX_ROWS), {
    default: [],
    description: "What answers mean; the first that fits. Where none does, the HTTP status decides.",
  }),
});

const response = variant(
  {},
  {
    json: structured,
    xml: structured,
    form: structured,
    text: defineSettings({
      id: optional(textPattern(), {
        description: "Its first group is the message id. Without it, the id is the `{reference}` of the request.",
      }),
      outcomes: setting(list(textOutcome, MAX_ROWS), {
        default: [],
        description: "What answers mean; the first that fits. Where none does, the HTTP status decides.",
      }),
    }),
  },
);

/** How the aggregator proves that it is the one that calls, beside the secret in the path. */
const check = variant(
  {},
  {
    basic: defineSettings(credentials),
    hmac: defineSettings({
      ...keyedHash,
      algorithm: setting(oneOf("sha256", "sha1", "sha512"), { default: "sha256", description: "The hash." }),
    }),
  },
);

const inward = {
  secret: required(
    text({
      expected: "16 to 100 letters, digits, dashes and underscores",
      maxLength: 100,
      pattern: /^[A-Za-z0-9_-]{16,}$/,
    }),
    { description: "The last part of the URL that the aggregator calls.", secret: true },
  ),
  check: optional(check, { description: "A further proof that it is the aggregator that calls." }),
  method: setting(oneOf("POST", "GET"), { default: "POST", description: "The method." }),
  format: setting(oneOf("json", "xml", "form", "query"), { default: "json", description: "The form of the content." }),
  each: optional(valuePath(), {
    description: "Where the list is, if one request has several. Other paths start at its items.",
  }),
};

const receiptRow = record({
  equals: required(values, { description: "States, as the aggregator writes them." }),
  path: optional(valuePath(), { description: "Where they stand. Without it, at `state`." }),
  result: required(oneOf("delivered", "failed", "progress"), { description: "What they mean." }),
  errorCode: setting(errorCode, { default: 30_008, description: "The message's error code, where it failed." }),
});

const receiptFields = defineSettings({
  ...inward,
  id: required(valuePath(), { description: "Where the id is that `response.id` gave, or the `{reference}`." }),
  state: required(valuePath(), { description: "Where the state is." }),
  states: required(list(receiptRow, MAX_ROWS), { description: "What the states mean; the first that fits." }),
  otherwise: setting(oneOf("failed", "progress"), {
    default: "progress",
    description: "What a state means that no row names.",
  }),
  from: optional(valuePath(), { description: "Where the message's sender is." }),
  to: optional(valuePath(), { description: "Where the message's recipient is." }),
  doneDate: optional(valuePath(), { description: "Where the date is: ISO 8601, or `YYMMDDhhmm`." }),
  wholeMessage: setting(boolean(), {
    default: false,
    description: "Whether one receipt is for all parts of a long text, where it is given in parts.",
  }),
});

const inboundFields = defineSettings({
  ...inward,
  from: required(valuePath(), { description: "Where the phone's number is." }),
  to: required(valuePath(), { description: "Where the number is that was texted to." }),
  text: required(valuePath(), { description: "Where the text is." }),
  concatReference: optional(valuePath(), { description: "Where the reference of a long text is." }),
  concatTotal: optional(valuePath(), { description: "Where the number of its parts is." }),
  concatPart: optional(valuePath(), { description: "Where the place of this part is, from 1." }),
});

/** The keys of a carrier with `type: http`, beside those that every carrier has. */
export const httpCarrierType = defineSettings({
  submit: required(record(submitFields), {
    group: "Request",
    description: "The request that hands over a message or a part of one.",
  }),
  response: required(response, { group: "Answer", description: "How its answer is read; `type` is the form of it." }),
  receipts: optional(record(receiptFields), {
    group: "Receipts",
    description: "How receipts come in. Without it, none do.",
  }),
  inbound: optional(record(inboundFields), {
    group: "Texts in",
    description: "How texts come in. Without it, none do.",
  }),
  texts: setting(oneOf("whole", "parts8", "parts16"), {
    default: "whole",
    group: "Request",
    description:
      "Whether the aggregator cuts long texts, or gets parts with a user data header of 8 or 16-bit reference.",
  }),
  maxAnswerOctets: setting(integer(256, 1_048_576), {
    default: 65_536,
    group: "Answer",
    description: "The longest answer that is read.",
  }),
  ...httpPeerFields,
});

/** The settings of an HTTP carrier, complete, without those that every carrier has. */
export type HttpCarrierSettings = SettingsOf<typeof httpCarrierType>;

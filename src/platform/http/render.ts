import type { AppError } from "../../kernel/errors.ts";
import type { JsonObject } from "./json.ts";
import type { HttpResponse } from "./message.ts";
import { legacyPageFields, pageMeta, type PageAddress } from "./paging.ts";
import { errorXml, pageXml, recordXml } from "./render-xml.ts";
import type { Representation } from "./route-table.ts";
import type { Route, ViewedPage } from "./route.ts";

const JSON_HEADERS: readonly string[] = ["Content-Type", "application/json"];
const XML_HEADERS: readonly string[] = ["Content-Type", "application/xml"];
const RETRY_AFTER_SECONDS = 1;

/** Writes one record. */
export function renderRecord(route: Route, status: number, record: JsonObject, as: Representation): HttpResponse {
  return as === "json"
    ? { status, headers: JSON_HEADERS, body: JSON.stringify(record) }
    : { status, headers: XML_HEADERS, body: recordXml(route.element, record) };
}

/** Writes a page of a list; a 2010-04-01 list and one of any other product say their place differently. */
export function renderPage(
  route: Route,
  page: ViewedPage,
  address: PageAddress,
  style: { legacy: boolean; representation: Representation },
): HttpResponse {
  const collection = route.paging?.collection ?? "records";
  if (!style.legacy) {
    const body = JSON.stringify({ [collection]: page.records, meta: pageMeta(address, page, collection) });
    return { status: 200, headers: JSON_HEADERS, body };
  }
  const fields = legacyPageFields(address, page);
  return style.representation === "json"
    ? { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ [collection]: page.records, ...fields }) }
    : { status: 200, headers: XML_HEADERS, body: pageXml({ collection, element: route.element }, page, fields) };
}

/** The public shape of an error. */
export function errorView(error: AppError): JsonObject {
  return {
    code: error.code,
    message: error.message,
    more_info: `https://www.twilio.com/docs/errors/${error.code}`,
    status: error.status,
  };
}

/** Writes an error, with the header fields that its status calls for. */
export function renderError(error: AppError, as: Representation): HttpResponse {
  const view = errorView(error);
  const headers = [...(as === "json" ? JSON_HEADERS : XML_HEADERS)];
  const { status } = error;
  if (status === 401) headers.push("WWW-Authenticate", 'Basic realm="Twilio API"');
  if (status === 405) headers.push("Allow", String(error.detail["allowed"] ?? ""));
  // A conflict that ends by itself: the request with the same idempotency key is under way.
  const endsSoon = status === 409 && error.spec.retry === "later";
  if (status === 429 || status === 503 || endsSoon) headers.push("Retry-After", String(RETRY_AFTER_SECONDS));
  return { status, headers, body: as === "json" ? JSON.stringify(view) : errorXml(view) };
}

import { Http1Error, isFieldName, isFieldValue } from "../../protocols/http1/index.ts";
import { headerOf } from "../http/index.ts";
import type { EdgeRequest } from "./edge-request.ts";
import type { EdgeTarget } from "./ports.ts";
import { hostField } from "./upstream/index.ts";

/** Fields of a client that stop here: those for one hop only (RFC 9110 §7.6.1), and those that are written anew. */
const STOPPED: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "content-length",
  "expect",
  "host",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);
/** What only processes of the system say to each other. */
const OWN_PREFIX = "x-trunkline-";
const METHOD = /^[A-Z][A-Z-]{0,19}$/;
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/** Names that were judged before; clients use few, and the same again and again. */
const MAX_KNOWN_NAMES = 1_024;
const MAX_KNOWN_CHARACTERS = 64;
const judged = new Map<string, boolean>();

/**
 * The head of a request for a cell, as Latin-1 text, made of what was parsed: nothing of
 * what the client wrote is copied unread. `framing` is the line that says how long the
 * body is, with its CRLF, or nothing. Throws {@link Http1Error} for what could end a line
 * or a head early.
 */
export function encodeHead(edge: EdgeRequest, target: EdgeTarget, framing: string): string {
  const { request, host } = edge;
  const { method, headers, peer, scheme } = request;
  const path = edge.pathname + edge.query;
  if (!METHOD.test(method)) throw new Http1Error("bad-method");
  if (!TARGET.test(path)) throw new Http1Error("bad-target");
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${hostField(target.address)}\r\n`;
  const named = optionsOf(headerOf(headers, "connection"));
  for (const name in headers) {
    const goesOn = judged.get(name) ?? judge(name);
    if (!goesOn || named?.includes(name) === true) continue;
    const value = headers[name];
    if (typeof value === "string") head += fieldLine(name, value);
    else for (const each of value ?? []) head += fieldLine(name, each);
  }
  // Checked to be a host by the stage `host`.
  if (host !== "") head += `X-Forwarded-Host: ${host}\r\n`;
  if (peer !== "") head += fieldLine("X-Forwarded-For", peer);
  head += `X-Forwarded-Proto: ${protoOf(headerOf(headers, "x-forwarded-proto")) ?? scheme}\r\n`;
  if (edge.linkSite !== undefined) head += fieldLine("X-Trunkline-Link", edge.linkSite.accountSid);
  if (edge.pinSignature !== undefined) head += fieldLine("X-Trunkline-Operator", edge.pinSignature);
  return `${head}X-Trunkline-Request-Id: ${edge.requestId}\r\n${framing}\r\n`;
}

function fieldLine(name: string, value: string): string {
  if (!isFieldValue(value)) throw new Http1Error("bad-header-field");
  return `${name}: ${value}\r\n`;
}

/** Whether a field goes on. Throws {@link Http1Error} for what is no name. */
function judge(name: string): boolean {
  if (!isFieldName(name)) throw new Http1Error("bad-header-field");
  const lower = name.toLowerCase();
  const goesOn = !STOPPED.has(lower) && !lower.startsWith(OWN_PREFIX);
  if (judged.size < MAX_KNOWN_NAMES && name.length <= MAX_KNOWN_CHARACTERS) {
    // A copy: a piece of the head that it came in would keep all of it in memory.
    judged.set(Buffer.from(name, "latin1").toString("latin1"), goesOn);
  }
  return goesOn;
}

/** Fields that `Connection` names are for this hop only, too. */
function optionsOf(connection: string | undefined): readonly string[] | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined;
  return connection.split(",").map((option) => option.trim().toLowerCase());
}

/** What a proxy before us said, as the dispatcher of a cell would understand it. */
function protoOf(forwarded: string | undefined): string | undefined {
  if (forwarded === undefined) return undefined;
  const comma = forwarded.indexOf(",");
  const proto = (comma < 0 ? forwarded : forwarded.slice(0, comma)).trim().toLowerCase();
  return proto === "http" || proto === "https" ? proto : undefined;
}

import { Buffer } from "node:buffer";
import type { HttpCarrierSettings } from "../../../platform/config/index.ts";
import { isSameSecret, keyedHash } from "../../../platform/secrets/index.ts";
import type { EndpointAnswer, EndpointCall } from "./carrier.ts";

type Check = NonNullable<NonNullable<HttpCarrierSettings["receipts"]>["check"]>;

/** What a caller without the right secret or credentials gets; `undefined` where nothing is wrong. Reads no body. */
export function refuseCaller(
  settings: { readonly secret: string; readonly check: Check | undefined },
  call: EndpointCall,
): EndpointAnswer | undefined {
  // As if there were nothing here.
  if (!isSameSecret(call.secret ?? "", settings.secret)) return { status: 404 };
  const { check } = settings;
  if (check?.type !== "basic") return undefined;
  const expected = `Basic ${Buffer.from(`${check.username}:${check.password}`, "utf8").toString("base64")}`;
  const given = (call.header("authorization") ?? "").replace(/^basic +/i, "Basic ");
  return isSameSecret(given, expected) ? undefined : { status: 401, challenge: 'Basic realm="carrier"' };
}

/** Whether the content is signed as the settings want it. For a GET the query is what is signed. */
export function isSigned(check: Check | undefined, call: EndpointCall, body: Buffer): boolean {
  if (check?.type !== "hmac") return true;
  const content = call.method === "GET" ? call.query : body;
  const expected =
    check.prefix + keyedHash({ algorithm: check.algorithm, key: check.key, content, encoding: check.encoding });
  const given = call.header(check.header.toLowerCase()) ?? "";
  return check.encoding === "hex"
    ? isSameSecret(given.toLowerCase(), expected.toLowerCase())
    : isSameSecret(given, expected);
}

import assert from "node:assert/strict";
import { it } from "node:test";
import { classOf, isUrgent, type RouteClass } from "./route-classes.ts";

const ACCOUNT = `/2010-04-01/Accounts/AC${"a".repeat(32)}`;
const SM = `SM${"1".repeat(32)}`;
const ME = `ME${"2".repeat(32)}`;

it("puts every kind of request in its class", () => {
  const cases: readonly (readonly [RouteClass, string, string])[] = [
    ["create", "POST", `${ACCOUNT}/Messages.json`],
    ["create", "POST", "/v1/Services"],
    ["create", "POST", `${ACCOUNT}/Messages/${SM}/Feedback.json`],
    ["priority-create", "POST", `/v2/Services/VA${"3".repeat(32)}/Verifications`],
    ["create", "POST", "/v1/Tollfree/Verifications"],
    ["write", "POST", `${ACCOUNT}/Messages/${SM}.json`],
    ["write", "DELETE", `${ACCOUNT}/Messages/${SM}.json`],
    ["write", "PUT", "/v1/anything"],
    ["bulk", "POST", `${ACCOUNT}/Messages/Bulk.json`],
    ["read", "GET", `${ACCOUNT}/Messages.json`],
    ["read", "HEAD", `${ACCOUNT}/Messages/${SM}/Media/${ME}.json`],
    ["public", "GET", `${ACCOUNT}/Messages/${SM}/Media/${ME}`],
    ["public", "POST", "/carriers/acme/receipts/secret"],
    ["public", "GET", "/simulator/phones"],
    ["own", "GET", "/healthz"],
    ["own", "HEAD", "/metrics"],
    ["create", "POST", "/metrics"],
    ["operator", "GET", "/trunkline/v1/Routing/Tables"],
    ["operator", "POST", "/trunkline/v1/Messages/SM1/Delivery"],
    ["control", "GET", "/trunkline/v1/Cells"],
    ["control", "POST", "/trunkline/v1/Cells/messaging-1.json"],
    ["control", "GET", `/trunkline/v1/Accounts/AC${"a".repeat(32)}/Home`],
    ["operator", "GET", "/trunkline/v1/Cellsx"],
    ["internal", "GET", "/trunkline/internal/v1/credentials/AC1"],
    ["internal", "POST", "/trunkline/internal"],
    ["operator", "POST", "/trunkline/v1/Console/SignInLinks"],
    ["console", "GET", "/"],
    ["create", "POST", "/"],
    ["console", "GET", "/console"],
    ["console", "GET", "/console/"],
    ["console", "GET", "/console/assets/index-1.js"],
    ["console", "POST", "/console/api/sign-in"],
    ["console", "DELETE", `/console/api/call${ACCOUNT}/Messages/${SM}.json`],
    ["read", "GET", "/consoles"],
    ["read", "GET", "/v1/console/"],
  ];
  for (const [routeClass, method, path] of cases) assert.equal(classOf(method, path), routeClass, `${method} ${path}`);
});

it("finds out what is urgent from what a message is for, in a short body of its own route only", () => {
  const path = `${ACCOUNT}/Messages.json`;
  const urgent = (body: string, at = path): boolean => isUrgent(at, Buffer.from(body));
  for (const intent of ["otp", "emergency", "fraud", "security"])
    assert.ok(urgent(`To=1&MessageIntent=${intent}&Body=x`));
  assert.ok(urgent("MessageIntent=otp"));
  assert.ok(!urgent("To=1&MessageIntent=marketing"));
  assert.ok(!urgent("To=1&XMessageIntent=otp"));
  assert.ok(!urgent("To=1"));
  assert.ok(!urgent("MessageIntent=otp", `${ACCOUNT}/Calls.json`));
  assert.ok(!urgent(`Body=${"x".repeat(5_000)}&MessageIntent=otp`));
  assert.ok(!isUrgent(path, undefined));
});

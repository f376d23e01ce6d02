import assert from "node:assert/strict";
import { COMMERCE_CALLED_BY, COMMERCE_CALLS } from "./residency-commerce.ts";
import { refused, type MarkedCall, type Scene } from "./residency-scene.ts";

const NUMBERS = "/IncomingPhoneNumbers";
const CREDENTIALS = "/trunkline/v1/Smpp/Credentials";

function urls({ customer, marks }: Scene, names: readonly string[], isKept = false): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, customer.url(`/${name}?p=${marks.plain(isKept)}`)]));
}

async function freeNumber(scene: Scene, kind: "Local" | "Mobile" | "TollFree"): Promise<string> {
  const path = scene.own(`/AvailablePhoneNumbers/US/${kind}.json`);
  const { available_phone_numbers: numbers } = await scene.expect(200, { method: "GET", path });
  const [first] = numbers as readonly { readonly phone_number: string }[];
  assert.ok(first, `there is a free number of the kind ${kind}`);
  return first.phone_number;
}

/** Takes a number of a kind, and gives it back. */
const takeNumber =
  (kind: "Local" | "Mobile" | "TollFree", list: string): MarkedCall =>
  async (scene) => {
    const hooks = urls(scene, ["SmsUrl", "SmsFallbackUrl", "VoiceUrl", "VoiceFallbackUrl", "StatusCallback"]);
    const form = { PhoneNumber: await freeNumber(scene, kind), FriendlyName: scene.marks.text(), ...hooks };
    const sid = await scene.createdSid({ path: scene.own(`${NUMBERS}${list}.json`), form });
    await scene.expect(204, { method: "DELETE", path: scene.own(`${NUMBERS}/${sid}.json`) });
  };

/** Makes a key of a kind and renames it. */
const key =
  (kind: "Keys" | "SigningKeys"): MarkedCall =>
  async (scene) => {
    const form = { FriendlyName: scene.marks.text() };
    const sid = await scene.createdSid({ path: scene.own(`/${kind}.json`), form });
    const renamed = { FriendlyName: scene.marks.text(true) };
    await scene.expect(200, { path: scene.own(`/${kind}/${sid}.json`), form: renamed });
  };

const iamKey: MarkedCall = async (scene) => {
  const { accountSid } = scene.account;
  const form = { AccountSid: accountSid, FriendlyName: scene.marks.text() };
  const made = await scene.expect(201, { product: "iam", path: "/v1/Keys", form });
  const sid = String(made["sid"]);
  const renamed = { FriendlyName: scene.marks.text(true) };
  await scene.expect(200, { product: "iam", path: `/v1/Keys/${sid}`, form: renamed });
  // A key is a user name of its own, and its secret may be wrong.
  const listing = { method: "GET", path: scene.own("/Messages.json") } as const;
  await scene.expect(200, { ...listing, as: `${sid}:${String(made["secret"])}` });
  await scene.expect(401, { ...listing, as: `${sid}:${scene.marks.plain()}` });
};

const subaccount: MarkedCall = async (scene) => {
  const form = { FriendlyName: scene.marks.text() };
  const made = await scene.expect(201, { path: "/2010-04-01/Accounts.json", form });
  const sid = String(made["sid"]);
  const renamed = { FriendlyName: scene.marks.text(true) };
  await scene.expect(200, { path: `/2010-04-01/Accounts/${sid}.json`, form: renamed });
  // It reaches its own cell by its own SID and token, at any edge.
  const path = `/2010-04-01/Accounts/${sid}/Messages.json`;
  const text = { To: scene.marks.phone(), From: scene.from, Body: scene.marks.text() };
  await scene.expect(400, { path, form: text, as: `${sid}:${String(made["auth_token"])}` });
};

const application: MarkedCall = async (scene) => {
  const names = ["SmsUrl", "SmsFallbackUrl", "SmsStatusCallback", "VoiceUrl"];
  const form = { FriendlyName: scene.marks.text(), ...urls(scene, names) };
  const sid = await scene.createdSid({ path: scene.own("/Applications.json"), form });
  const changed = { FriendlyName: scene.marks.text(true), ...urls(scene, names, true) };
  await scene.expect(200, { path: scene.own(`/Applications/${sid}.json`), form: changed });
};

const heldNumber: MarkedCall = async (scene) => {
  const path = scene.own(`${NUMBERS}.json?PhoneNumber=${encodeURIComponent(scene.from)}`);
  const { incoming_phone_numbers: held } = await scene.expect(200, { method: "GET", path });
  const [number] = held as readonly { readonly sid: string }[];
  assert.ok(number);
  const form = { FriendlyName: scene.marks.text(), SmsUrl: scene.smsUrl };
  await scene.expect(200, { path: scene.own(`${NUMBERS}/${number.sid}.json`), form });
};

/** Texts with callbacks, media, idempotency keys, to people and from them. */
const messages: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const plain = marks.plain(true);
  const callback = customer.on(`/status/${plain}`, { status: 500, body: marks.text() });
  const once = { "Idempotency-Key": marks.plain(true) };
  const told = { To: marks.phone(true), From: scene.from, Body: marks.text(true), StatusCallback: callback };
  const path = scene.own("/Messages.json");
  const sid = await scene.createdSid({ path, form: told, headers: once });
  assert.equal(await scene.createdSid({ path, form: told, headers: once }), sid, "the same key is the same message");
  await scene.ask({ path, form: { ...told, Body: marks.text() }, headers: once });
  const picture = customer.on(`/media/${marks.plain()}.png`, { type: "image/png", body: marks.text(true) });
  const reader = marks.phone(true);
  const withMedia = await scene.message({ To: reader, MediaUrl: picture });
  await scene.message({ MediaUrl: customer.on(`/gone/${marks.plain()}`, { status: 404, body: marks.text() }) });
  await scene.settled(sid);
  await scene.settled(withMedia);
  await readMedia(scene, withMedia);
  const link = `${scene.fleet.edges.get("ie1")}/2010-04-01/`;
  assert.ok((await scene.phoneTexts(reader)).includes(link), "what people fetch comes through the edge of the region");
  await scene.textIn(told.To, marks.text(true));
  await scene.textIn(told.To, `${marks.text(true)} ${"long ".repeat(60)}`);
};

async function readMedia(scene: Scene, sid: string): Promise<void> {
  const list = await scene.expect(200, { method: "GET", path: scene.own(`/Messages/${sid}/Media.json`) });
  const [medium] = list["media_list"] as readonly { readonly sid: string }[];
  assert.ok(medium);
  const path = scene.own(`/Messages/${sid}/Media/${medium.sid}`);
  const { json } = await scene.ask({ method: "GET", path });
  assert.ok(scene.marks.find("an answer", Buffer.from(String(json["text"]))).length > 0, "the picture comes back");
}

/** What is taken back: a text that is emptied, one that is deleted, feedback. */
const changedMessage: MarkedCall = async (scene) => {
  const sid = await scene.message();
  await scene.settled(sid);
  await scene.expect(200, { path: scene.own(`/Messages/${sid}.json`), form: { Body: "" } });
  const other = await scene.message();
  await scene.settled(other);
  await scene.expect(204, { method: "DELETE", path: scene.own(`/Messages/${other}.json`) });
};

const feedback: MarkedCall = async (scene) => {
  const sid = await scene.message({ ProvideFeedback: "true" });
  await scene.expect(200, { path: scene.own(`/Messages/${sid}/Feedback.json`), form: { Outcome: "confirmed" } });
};

const bulk: MarkedCall = async (scene) => {
  const { marks } = scene;
  const texts = Array.from({ length: 3 }, () => ({ To: marks.phone(true), Body: marks.text(true) }));
  const wrong = { To: `not a number ${marks.text()}`, Body: marks.text() };
  await scene.expect(200, {
    path: scene.own("/Messages/Bulk.json"),
    json: { messages: [...texts, wrong], defaults: { From: scene.from } },
    headers: { "Idempotency-Key": marks.plain(true) },
  });
};

const credential: MarkedCall = async (scene) => {
  const systemId = scene.marks.plain().slice(-15);
  const form = { SystemId: systemId, FriendlyName: scene.marks.text(), ...urls(scene, ["ReceiptFallbackUrl"], true) };
  const sid = await scene.createdSid({ path: CREDENTIALS, form });
  const changed = { FriendlyName: scene.marks.text(true), NewPassword: "true" };
  await scene.expect(200, { path: `${CREDENTIALS}/${sid}`, form: changed });
  // A name that is taken is an error that the database finds.
  await scene.ask({ path: CREDENTIALS, form });
};

const tokens: MarkedCall = async (scene) => {
  await scene.expect(201, { product: "accounts", path: "/v1/AuthTokens/Secondary", form: { X: scene.marks.text() } });
  const promoted = await scene.expect(200, { product: "accounts", path: "/v1/AuthTokens/Promote" });
  scene.authToken = String(promoted["auth_token"]);
};

const routing = (path: string, ...names: string[]): MarkedCall =>
  refused(({ marks }) => ({
    path: `/trunkline/v1/Routing/${path}`,
    form: Object.fromEntries(names.map((name) => [name, name === "To" ? marks.phone() : marks.text()])),
  }));

const partOfTable: MarkedCall = refused(({ marks }) => ({
  path: "/trunkline/v1/Routing/Tables/1/Parts/routes",
  body: `${marks.text()}\n`,
}));

/** A main account is made by the operator, for a customer whose name is written in its own region. */
const mainAccount: MarkedCall = async ({ fleet, marks, edge }) => {
  const asked = async (form: Record<string, string>): Promise<number> => {
    const { accountSid, authToken } = fleet.operator;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const url = `${fleet.edges.get(edge)}/trunkline/v1/Accounts`;
    const response = await fetch(url, { method: "POST", headers: { authorization }, body: new URLSearchParams(form) });
    await response.arrayBuffer();
    return response.status;
  };
  assert.equal(await asked({ Region: "ie1", FriendlyName: marks.text(true) }), 201);
  assert.ok((await asked({ Region: "ie1", FriendlyName: marks.text().repeat(5) })) >= 400, "the name is too long");
  assert.ok(
    (await asked({ Region: "ie1", Tier: "enterprise", FriendlyName: marks.text() })) >= 400,
    "there is no room",
  );
};

/** Every endpoint that changes something, and how it is called here. Run in this order. */
export const CALLS: Readonly<Record<string, MarkedCall>> = {
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json": heldNumber,
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json": takeNumber("Local", ""),
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/Local.json": takeNumber("Local", "/Local"),
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/Mobile.json": takeNumber("Mobile", "/Mobile"),
  "POST api /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/TollFree.json": takeNumber("TollFree", "/TollFree"),
  "POST api /2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes/{Sid}.json": async (scene) => {
    // Short codes are given by the operator's settings, not bought: there is none here, and the request is in vain.
    const form = { FriendlyName: scene.marks.text(), SmsUrl: scene.customer.url(`/${scene.marks.plain()}`) };
    await scene.expect(404, { path: scene.own(`/SMS/ShortCodes/SC${"1".repeat(32)}.json`), form });
  },
  "POST api /2010-04-01/Accounts/{AccountSid}/Messages.json": messages,
  "POST api /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json": changedMessage,
  "POST api /2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Feedback.json": feedback,
  "POST api /2010-04-01/Accounts/{AccountSid}/Messages/Bulk.json": bulk,
  "POST api /2010-04-01/Accounts.json": subaccount,
  "POST api /2010-04-01/Accounts/{Sid}.json": (scene) =>
    scene.expect(200, { path: scene.own(".json"), form: { FriendlyName: scene.marks.text() } }),
  "POST api /2010-04-01/Accounts/{AccountSid}/Keys.json": key("Keys"),
  "POST api /2010-04-01/Accounts/{AccountSid}/SigningKeys.json": key("SigningKeys"),
  "POST iam /v1/Keys": iamKey,
  "POST api /2010-04-01/Accounts/{AccountSid}/Applications.json": application,
  "POST api /trunkline/v1/Smpp/Credentials": credential,
  "POST api /trunkline/v1/Routing/Tables": routing("Tables", "Note"),
  "POST api /trunkline/v1/Routing/Tables/{Version}": routing("Tables/1", "Status"),
  "POST api /trunkline/v1/Routing/Tables/{Version}/Parts/{Part}": partOfTable,
  "POST api /trunkline/v1/Routing/Publications": routing("Publications", "Reason"),
  "POST api /trunkline/v1/Routing/Rollbacks": routing("Rollbacks", "Reason"),
  "POST api /trunkline/v1/Routing/Explanations": routing("Explanations", "To", "From", "Body"),
  "POST api /trunkline/v1/Routing/Comparisons": routing("Comparisons", "TableVersion"),
  "POST api /trunkline/v1/Cells": refused(({ marks }) => ({
    path: "/trunkline/v1/Cells",
    form: { Name: marks.text() },
  })),
  "POST api /trunkline/v1/Cells/{Name}": refused(({ marks }) => ({
    path: `/trunkline/v1/Cells/${marks.plain()}`,
    form: { State: marks.text() },
  })),
  "POST api /trunkline/v1/Moves": refused(({ marks, account }) => ({
    path: "/trunkline/v1/Moves",
    form: { AccountSid: account.accountSid, To: marks.text() },
  })),
  "POST api /trunkline/v1/Moves/{Sid}": refused(({ marks }) => ({
    path: `/trunkline/v1/Moves/${marks.plain()}`,
    form: { Status: marks.text() },
  })),
  "POST api /trunkline/v1/Accounts": mainAccount,
  ...COMMERCE_CALLS,
  "POST accounts /v1/AuthTokens/Promote": tokens,
};

/** Endpoints that another one's call here calls as well. */
export const CALLED_BY: Readonly<Record<string, string>> = {
  ...COMMERCE_CALLED_BY,
  "POST api /2010-04-01/Accounts/{AccountSid}/Keys/{Sid}.json": "POST api /2010-04-01/Accounts/{AccountSid}/Keys.json",
  "POST api /2010-04-01/Accounts/{AccountSid}/SigningKeys/{Sid}.json":
    "POST api /2010-04-01/Accounts/{AccountSid}/SigningKeys.json",
  "POST api /2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json":
    "POST api /2010-04-01/Accounts/{AccountSid}/Applications.json",
  "POST api /trunkline/v1/Smpp/Credentials/{Sid}": "POST api /trunkline/v1/Smpp/Credentials",
  "POST iam /v1/Keys/{Sid}": "POST iam /v1/Keys",
  "POST accounts /v1/AuthTokens/Secondary": "POST accounts /v1/AuthTokens/Promote",
};

/** Requests that change nothing or fail, with marked data wherever a request has room for it. */
export async function askInVain(scene: Scene): Promise<void> {
  const { marks } = scene;
  const { accountSid } = scene.account;
  const query = (name: string, value: string): string => `?${name}=${encodeURIComponent(value)}`;
  const reads: [product: string, path: string][] = [
    ["api", scene.own(`/Messages.json${query("To", marks.phone())}`)],
    ["api", scene.own(`/Messages.json${query("From", marks.phone())}`)],
    ["api", scene.own(`/Messages/${marks.plain()}.json`)],
    ["api", scene.own(`/${marks.plain()}/${encodeURIComponent(marks.text())}.json`)],
    ["api", scene.own(`${NUMBERS}.json${query("FriendlyName", marks.text())}`)],
    ["api", scene.own(`/Applications.json${query("FriendlyName", marks.text())}`)],
    ["api", scene.own(`/AvailablePhoneNumbers/US/Local.json${query("Contains", marks.plain())}`)],
    ["api", `/2010-04-01/Accounts.json${query("FriendlyName", marks.text())}`],
    ["api", `/trunkline/v1/Messages/${marks.plain()}/Delivery`],
    ["api", `/trunkline/v1/Accounts/${marks.plain()}/Home`],
    ["api", `/trunkline/v1/Cells/${marks.plain()}`],
    ["api", `/trunkline/internal/v1/credentials/${marks.plain()}`],
    ["monitor", `/v1/Alerts${query("LogLevel", marks.text())}`],
    ["monitor", `/v1/Alerts/${marks.plain()}`],
    ["monitor", `/v1/Events${query("ResourceSid", marks.text())}`],
    ["messaging", `/v1/Services/${marks.plain()}`],
    ["numbers", `/v1/Porting/Portability/PhoneNumber/${encodeURIComponent(marks.phone())}`],
    ["pricing", `/v2/Trunking/Numbers/${encodeURIComponent(marks.phone())}`],
    ["pricing", `/v1/Messaging/Countries/${encodeURIComponent(marks.text())}`],
    ["api", scene.own(`/Addresses.json${query("CustomerName", marks.text())}`)],
    ["api", scene.own(`/Usage/Records.json${query("Category", marks.text())}`)],
    ["api", `/trunkline/v1/OptOuts${query("Recipient", marks.phone())}`],
    ["api", `/trunkline/v1/Links${query("Tag", marks.text())}`],
    ["api", `/trunkline/v1/Ledger/Lines${query("Resource", marks.text())}`],
    [marks.plain(), `/${marks.plain()}`],
  ];
  for (const [product, path] of reads) await scene.ask({ method: "GET", product, path });
  const path = scene.own("/Messages.json");
  const person = { To: marks.phone(), From: scene.from, Body: marks.text() };
  await scene.expect(400, { path, form: { ...person, To: marks.text() } });
  await scene.expect(400, { path, form: { ...person, From: marks.phone() } });
  await scene.expect(400, { path, form: { ...person, StatusCallback: `ftp://${marks.text()}` } });
  await scene.expect(400, { path, form: { ...person, Body: `${marks.text()} `.repeat(90) } });
  await scene.expect(400, {
    path: scene.own("/Messages/Bulk.json"),
    body: `{"messages":[${marks.text()}`,
    headers: JSON_TYPE,
  });
  await scene.ask({ path, form: person, headers: { "Idempotency-Key": `${marks.plain()} ${"x".repeat(300)}` } });
  await scene.ask({
    path,
    form: person,
    headers: { "X-Trunkline-Cell": marks.plain(), "X-Trunkline-Fleet": marks.plain() },
  });
  await scene.expect(401, { path, form: person, as: `${accountSid}:${marks.plain()}` });
  await scene.expect(401, { path, form: person, as: `${marks.plain()}:${marks.plain()}` });
  await scene.expect(401, { path, form: person, as: `${marks.phone()}:${marks.plain()}` });
  // Nothing in these SIDs says where they are at home, so that table and Redis are asked, once it is connected.
  for (const digit of "abcdef") {
    await scene.expect(401, { path, form: person, as: `AC${digit.repeat(32)}:${marks.plain()}` });
  }
}

const JSON_TYPE = { "content-type": "application/json" };

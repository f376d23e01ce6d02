// One text, from an unregistered number to a phone in Guam that has said STOP, at 3 a.m. there.
// It is refused for each reason in turn; each time the one reason is removed, until it goes.
//
//   npx trunkline up --config examples/refusals/trunkline.yaml
//   eval "$(npx trunkline env)"
//   node examples/refusals/refusals.js
import { setTimeout as sleep } from "node:timers/promises";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, BASE_URL = "http://127.0.0.1:8080" } = process.env;
const NUMBER = "+12025550143";
const PHONE = "+16715550123";
const NAME = "ACME";
const FINAL = ["delivered", "undelivered", "failed"];
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

// The service of the number, and the text with everything that can be wrong with it.
const { sid: messagingServiceSid } = await client.messaging.v1.services.create({ friendlyName: "Refusals" });
const service = client.messaging.v1.services(messagingServiceSid);
const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: NUMBER, limit: 1 });
await service.phoneNumbers.create({ phoneNumberSid: number.sid });
const message = {
  to: PHONE,
  from: NUMBER,
  messagingServiceSid,
  messageIntent: "marketing",
  scheduleType: "fixed",
  sendAt: new Date(nextThreeInGuam()),
  body: "Jackpot! Your bonus waits: https://bit.ly/3xyz",
  maxPrice: 0.0001,
};

// What the operator of this server has set.
await operator("ContentLists", { Name: "gambling", Category: "gambling", Phrases: "jackpot" });
await operator(`Ledger/Accounts/${TWILIO_ACCOUNT_SID}/Wallet`, { Mode: "prepaid", Floor: "0" });

await phoneSays("STOP");
await refused(21610, "the phone has said STOP");

await phoneSays("START");
await refused(21408, "the account may not send to Guam");

await client.accounts.v1.messagingGeopermissions.update({
  permissions: [JSON.stringify({ country_code: "GU", type: "country", enabled: true })],
});
await refused(21612, "Guam takes no names as senders", { to: PHONE, from: NAME, body: message.body });
await refused(30034, "the number has no campaign");

await client.messaging.v1.externalCampaign.create({ campaignId: "CABC123", messagingServiceSid });
await until(async () => (await service.usAppToPerson.list()).some((one) => one.campaignStatus === "VERIFIED"));
await refused(30610, "it is 3 a.m. there, and the text is marketing");

message.messageIntent = "notifications";
delete message.scheduleType;
delete message.sendAt;
await refused(30007, "the link is of a public shortener");

message.body = "Jackpot! Your bonus waits: https://shop.example/3xyz";
await refused(30007, "the operator bans a word");

message.body = "Your parcel is on hold. Confirm your card now: http://parcel-redelivery-confirm.top/pay";
await refused(30007, "it looks like spam");

message.body = "Your order 4711 is on its way: https://shop.example/3xyz";
await refused(30010, "it costs more than MaxPrice");

delete message.maxPrice;
await refused(20003, "the account has no money");

await operator("Ledger/Credits", { AccountSid: TWILIO_ACCOUNT_SID, Amount: "5", Reason: "Paid in" });
const before = await balance();
const sent = await ended(await client.messages.create(message));
console.log(`${sent.status}: ${sent.from} to ${sent.to}, price ${sent.price} ${sent.priceUnit}`);
console.log(`balance ${before} before, ${await balance()} after`);

/** Expects that the text is refused, and that this costs nothing and leaves nothing that could still go. */
async function refused(code, why, wanted = message) {
  const [moneyBefore, countBefore] = [await balance(), await unfinished()];
  const { found, how } = await attempt(wanted);
  if (found !== code) throw new Error(`expected ${code} (${why}), not ${found}`);
  const [moneyAfter, countAfter] = [await balance(), await unfinished()];
  if (moneyAfter !== moneyBefore) throw new Error(`${code} has cost something: ${moneyBefore} became ${moneyAfter}`);
  if (countAfter !== countBefore) throw new Error(`${code} left a message`);
  console.log(`${code} ${how}: ${why}`);
}

/** Codes from 30000 on are those of a message that was accepted and has failed, as at Twilio. */
async function attempt(wanted) {
  try {
    const { status, errorCode, price } = await ended(await client.messages.create(wanted));
    if (price !== null) throw new Error(`a message that is ${status} has the price ${price}`);
    return { found: errorCode, how: `the message has ${status}` };
  } catch (error) {
    if (!(error instanceof twilio.RestException)) throw error;
    return { found: error.code, how: `the request is refused (${error.status})` };
  }
}

/** Messages to the phone that have not failed. */
async function unfinished() {
  return (await client.messages.list({ to: PHONE })).filter(({ status }) => status !== "failed").length;
}

async function ended(created) {
  let current = created;
  await until(async () => {
    current = await client.messages(created.sid).fetch();
    return FINAL.includes(current.status);
  });
  return current;
}

async function balance() {
  return (await client.balance.fetch()).balance;
}

/** A text from the simulated phone; resolves when it has come in, and its answer has ended. */
async function phoneSays(body) {
  const before = (await client.messages.list({ from: PHONE })).length;
  const url = `${BASE_URL}/simulator/phones/${encodeURIComponent(PHONE)}/messages`;
  const headers = { "Content-Type": "application/json" };
  await fetch(url, { method: "POST", headers, body: JSON.stringify({ to: NUMBER, body }) });
  await until(async () => (await client.messages.list({ from: PHONE })).length > before);
  await until(async () => (await client.messages.list({ to: PHONE })).every(({ status }) => FINAL.includes(status)));
}

/** What only the operator can do has no place in the SDK. */
async function operator(path, form) {
  const authorization = `Basic ${Buffer.from(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`).toString("base64")}`;
  const url = `${BASE_URL}/trunkline/v1/${path}`;
  const response = await fetch(url, { method: "POST", headers: { authorization }, body: new URLSearchParams(form) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** 3 a.m. in Guam is 17:00 UTC of the day before, all year; at least ten minutes from now. */
function nextThreeInGuam() {
  const at = new Date();
  at.setUTCHours(17, 0, 0, 0);
  return at.getTime() < Date.now() + 600_000 ? at.getTime() + 86_400_000 : at.getTime();
}

async function until(isTrue) {
  const endMs = Date.now() + 10_000;
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error("it did not happen within ten seconds");
    await sleep(50);
  }
}

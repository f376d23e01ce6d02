// What a text costs, what it did to the balance, and every line that was written for it.
//
//   eval "$(npx trunkline env)"
//   node examples/node/money.js +15551234567
import { setTimeout as sleep } from "node:timers/promises";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100" } = process.env;
const { BASE_URL = "http://127.0.0.1:8080" } = process.env;
const [to = "+15551234567"] = process.argv.slice(2);
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

const { country, outboundSmsPrices } = await client.pricing.v1.messaging.countries("US").fetch();
for (const { number_type: kind, current_price: price } of outboundSmsPrices[0].prices) {
  console.log(`${country}: ${price} from a ${kind} number, without what the carrier asks for`);
}
const before = await client.balance.fetch();
let message = await client.messages.create({ to, from: TWILIO_PHONE_NUMBER, body: "What do I cost?" });
while (message.price === null || message.status !== "delivered") {
  await sleep(100);
  message = await client.messages(message.sid).fetch();
}
const after = await client.balance.fetch();
console.log(`price ${message.price} ${message.priceUnit}; balance ${before.balance} before, ${after.balance} after`);
for (const { category, amount, currency } of await linesOf(message.sid))
  console.log(`${category}: ${amount} ${currency}`);
const [today] = await client.usage.records.today.list({ category: "sms-outbound", limit: 1 });
console.log(`today: ${today.count} texts for ${today.price} ${today.priceUnit}`);

/** The charges of a message. Twilio does not show its ledger, so there is no method for it. */
async function linesOf(sid) {
  const authorization = `Basic ${Buffer.from(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`).toString("base64")}`;
  const url = `${BASE_URL}/trunkline/v1/Ledger/Lines?ResourceSid=${sid}&Kind=charge`;
  for (;;) {
    const { lines } = await (await fetch(url, { headers: { authorization } })).json();
    if (lines.length > 0) return lines;
    await sleep(100);
  }
}

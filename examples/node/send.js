// Sends a text and waits until it is delivered. Nothing in here knows of Trunkline:
//
//   eval "$(npx trunkline env)"
//   node examples/node/send.js +15551234567 "Hello from Node"
import { setTimeout as sleep } from "node:timers/promises";
import twilio from "twilio";

const [to = "+15551234567", body = "Hello from Node"] = process.argv.slice(2);
const from = process.env.TWILIO_PHONE_NUMBER ?? "+15005550100";
const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);

let message = await client.messages.create({ to, from, body });
console.log(message.sid, message.status);
while (!["delivered", "undelivered", "failed"].includes(message.status)) {
  await sleep(100);
  message = await client.messages(message.sid).fetch();
}
console.log(message.sid, message.status);

// Sends a text through the plain port: one line tells the SDK where that is. Needs no proxy and no certificate.
//
//   TWILIO_ACCOUNT_SID=AC… TWILIO_AUTH_TOKEN=… node examples/node/plain-port.js
import twilio from "twilio";

const [to = "+15551234567", body = "Hello from the plain port"] = process.argv.slice(2);
const from = process.env.TWILIO_PHONE_NUMBER ?? "+15005550100";
const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
client.api.baseUrl = process.env.BASE_URL ?? "http://127.0.0.1:8080";

const message = await client.messages.create({ to, from, body });
console.log(message.sid, message.status);

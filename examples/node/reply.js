// Answers every text to our number, and prints what becomes of the answers. Checks the signature of each webhook.
//
//   eval "$(npx trunkline env)"
//   node examples/node/reply.js
//   (then text the number from a phone, see README.md)
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100", PORT = "3000" } = process.env;

const server = createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});

async function answer(request, response) {
  const url = `http://${request.headers.host}${request.url}`;
  const params = Object.fromEntries(new URLSearchParams(await text(request)));
  if (!twilio.validateRequest(TWILIO_AUTH_TOKEN, request.headers["x-twilio-signature"] ?? "", url, params)) {
    response.writeHead(403).end();
    return;
  }
  if (request.url === "/status") {
    console.log(`${params.MessageSid} is ${params.MessageStatus}`);
    response.writeHead(204).end();
    return;
  }
  console.log(`${params.From} says: ${params.Body}`);
  const twiml = new twilio.twiml.MessagingResponse();
  twiml.message({ action: "/status" }, `You said: ${params.Body}`);
  response.writeHead(200, { "Content-Type": "text/xml" }).end(twiml.toString());
}

server.listen(Number(PORT), "127.0.0.1");
await once(server, "listening");
const smsUrl = `http://127.0.0.1:${server.address().port}/sms`;

const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);
const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: TWILIO_PHONE_NUMBER, limit: 1 });
await client.incomingPhoneNumbers(number.sid).update({ smsUrl, smsMethod: "POST" });
console.log(`texts to ${TWILIO_PHONE_NUMBER} come to ${smsUrl}`);

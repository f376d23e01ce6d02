// Sends through a Messaging Service, which chooses the number and stays with it. Nothing in here knows of Trunkline:
//
//   eval "$(npx trunkline env)"
//   node examples/node/services.js +15551234567
import { setTimeout as sleep } from "node:timers/promises";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100" } = process.env;
const [to = "+15551234567"] = process.argv.slice(2);
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

const { sid: messagingServiceSid } = await client.messaging.v1.services.create({
  friendlyName: "Shop",
  usecase: "notifications",
});
const service = client.messaging.v1.services(messagingServiceSid);
try {
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: TWILIO_PHONE_NUMBER, limit: 1 });
  await service.phoneNumbers.create({ phoneNumberSid: number.sid });
  for (const body of ["Your order is “ready” — come and get it…", "It waits until six."]) {
    let message = await client.messages.create({ messagingServiceSid, to, body });
    console.log(message.status, "for a number to be chosen");
    while (!["delivered", "undelivered", "failed"].includes(message.status)) {
      await sleep(100);
      message = await client.messages(message.sid).fetch();
    }
    console.log(message.status, "from", message.from, "in", message.numSegments, "segment");
  }
} finally {
  // A number is in one service at a time.
  await service.remove();
}

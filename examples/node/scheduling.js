// Schedules a text for in an hour, looks for it, and changes its mind. Nothing in here knows of Trunkline:
//
//   eval "$(npx trunkline env)"
//   node examples/node/scheduling.js +15551234567
import twilio from "twilio";

const HOUR_MS = 3_600_000;
const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100" } = process.env;
const [to = "+15551234567"] = process.argv.slice(2);
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

const { sid: messagingServiceSid } = await client.messaging.v1.services.create({ friendlyName: "Reminders" });
const service = client.messaging.v1.services(messagingServiceSid);
try {
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: TWILIO_PHONE_NUMBER, limit: 1 });
  await service.phoneNumbers.create({ phoneNumberSid: number.sid });
  const { sid, status } = await client.messages.create({
    messagingServiceSid,
    to,
    body: "Your appointment is tomorrow at nine.",
    scheduleType: "fixed",
    sendAt: new Date(Date.now() + HOUR_MS),
  });
  console.log(sid, status);
  const waiting = (await client.messages.list({ to })).filter((message) => message.status === "scheduled");
  console.log(waiting.length, "waiting");
  const canceled = await client.messages(sid).update({ status: "canceled" });
  console.log(canceled.sid, canceled.status);
} finally {
  await service.remove();
}

// A phone says STOP and gets no more texts; it says START and gets them again.
//
//   eval "$(npx trunkline env)"
//   node examples/node/opt-outs.js +15551234567
import { setTimeout as sleep } from "node:timers/promises";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100" } = process.env;
const { BASE_URL = "http://127.0.0.1:8080" } = process.env;
const [to = "+15551234567"] = process.argv.slice(2);
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

for (const word of ["HELP", "STOP", "START"]) {
  console.log(`${word}: ${await answerTo(word)}`);
  try {
    await client.messages.create({ to, from: TWILIO_PHONE_NUMBER, body: `After ${word}` });
    console.log(`after ${word} a text is accepted`);
  } catch (error) {
    console.log(`after ${word} a text is refused with ${error.code}`);
  }
}

/** Texts from the simulated phone, and waits for what it is told. A real phone needs no such thing. */
async function answerTo(body) {
  const replies = async () =>
    (await client.messages.list({ to, from: TWILIO_PHONE_NUMBER })).filter(
      ({ direction }) => direction === "outbound-reply",
    );
  const before = (await replies()).length;
  await fetch(`${BASE_URL}/simulator/phones/${encodeURIComponent(to)}/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ to: TWILIO_PHONE_NUMBER, body }),
  });
  const endMs = Date.now() + 10_000;
  while ((await replies()).length === before) {
    if (Date.now() > endMs) throw new Error(`${body} has no answer after ten seconds`);
    await sleep(50);
  }
  return (await replies())[0].body;
}

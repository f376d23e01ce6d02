// Sends a text whose link is shortened, opens the link, and hears of the click.
//
//   eval "$(npx trunkline env)"
//   node examples/node/links.js +15551234567
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import twilio from "twilio";

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER = "+15005550100" } = process.env;
const { BASE_URL = "http://127.0.0.1:8080" } = process.env;
const DOMAIN = "go.shop.example";
const [to = "+15551234567"] = process.argv.slice(2);
const client = twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN);

const server = createServer(async (request, response) => {
  const click = new URLSearchParams(await text(request));
  response.writeHead(204).end();
  console.log(`${click.get("to")} has clicked ${click.get("link")}`);
  server.close();
  server.closeIdleConnections();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const { sid: messagingServiceSid } = await client.messaging.v1.services.create({ friendlyName: "Shop" });
const service = client.messaging.v1.services(messagingServiceSid);
try {
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: TWILIO_PHONE_NUMBER, limit: 1 });
  await service.phoneNumbers.create({ phoneNumberSid: number.sid });
  const domainSid = await linkDomain();
  const callbackUrl = `http://127.0.0.1:${server.address().port}/clicks`;
  await client.messaging.v1.domainConfig(domainSid).update({ fallbackUrl: "https://shop.example/", callbackUrl });
  await client.messaging.v1.linkshorteningMessagingService(domainSid, messagingServiceSid).create();
  const { body } = await client.messages.create({
    messagingServiceSid,
    to,
    shortenUrls: true,
    body: "Your parcel: https://shop.example/parcels/4711?source=text&campaign=winter",
  });
  console.log(body);
  const { status, headers } = await open(body.slice(body.indexOf("https://")));
  console.log(`${status} to ${headers.get("location")}`);
} finally {
  await service.remove();
}

/** Makes the domain of the links, or finds it. Twilio has this in its console, so there is no method for it. */
async function linkDomain() {
  const authorization = `Basic ${Buffer.from(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`).toString("base64")}`;
  const url = `${BASE_URL}/trunkline/v1/LinkDomains`;
  const body = new URLSearchParams({ DomainName: DOMAIN });
  const made = await fetch(url, { method: "POST", headers: { authorization }, body });
  if (made.ok) return (await made.json()).sid;
  const { link_domains: domains } = await (await fetch(url, { headers: { authorization } })).json();
  return domains.find(({ domain_name: name }) => name === DOMAIN).sid;
}

/** Opens a link as the phone's browser would, if the domain's name led to this machine. */
function open(link) {
  const { host, pathname } = new URL(link);
  const headers = { "X-Forwarded-Host": host, "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)" };
  return fetch(`${BASE_URL}${pathname}`, { headers, redirect: "manual" });
}

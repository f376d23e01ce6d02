import type { ApiMessage } from "./message-data.ts";

/** A command that sends the same message again, or fetches a text that came in. Without secrets. */
export function curlOf(message: ApiMessage, baseUrl: string): string {
  const { account_sid: account, sid, direction, from, to, body, messaging_service_sid: service } = message;
  const base = `${baseUrl.replace(/\/$/, "")}/2010-04-01/Accounts/${account}/Messages`;
  const credentials = `-u ${quoted(account)}:"$AUTH_TOKEN"`;
  if (direction === "inbound") return `curl ${quoted(`${base}/${sid}.json`)} ${credentials}`;
  const fields = [
    ["To", to],
    ...(service === null ? [] : [["MessagingServiceSid", service]]),
    ...(service === null && from !== null ? [["From", from]] : []),
    ["Body", body],
  ];
  const data = fields.map(([name, value]) => `  --data-urlencode ${quoted(`${name}=${value}`)}`);
  return [`curl -X POST ${quoted(`${base}.json`)} ${credentials}`, ...data].join(" \\\n");
}

/** As a POSIX shell reads it as one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

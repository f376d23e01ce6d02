import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure, defineCommand, EXIT, UsageError, type TextOutput } from "../../platform/cli/index.ts";
import { authorization, callForJson } from "../call-api.ts";
import { findRunning, locationSettings, type RunningHere } from "../find-running.ts";
import { printable } from "../printable.ts";

const POLL_MS = 200;
const FINAL = new Set(["delivered", "undelivered", "failed", "canceled", "read"]);
const GOOD = new Set(["delivered", "read"]);

/** What a command shows of a message; the API gives more. */
interface SentMessage {
  readonly sid: string;
  readonly status: string;
  readonly from: string | null;
  readonly to: string;
  readonly body: string;
  readonly num_segments: string;
  readonly error_code: number | null;
  readonly error_message: string | null;
}

export const send = defineCommand({
  name: "send",
  summary: "send a text",
  description:
    "Sends a text through the API of the running Trunkline with its first account, and prints the message. With " +
    "--wait it prints every status that it sees until the final one, and fails unless that is “delivered”.",
  example: 'npx trunkline send --to +15551234567 --body "Hello" --wait',
  options: {
    to: { type: "text", placeholder: "number", description: "The number to send to." },
    from: { type: "text", placeholder: "number", description: "A number of the account. Without it, its first one." },
    body: { type: "text", short: "b", placeholder: "text", description: "The text." },
    media: { type: "list", placeholder: "url", description: "The URL of a picture or another medium." },
    wait: { type: "switch", short: "w", description: "Follow the status until it is final." },
    timeout: {
      type: "integer",
      placeholder: "seconds",
      min: 1,
      max: 86_400,
      default: 60,
      description: "How long --wait waits.",
    },
    json: { type: "switch", description: "Print the message as the API shows it; with --wait, as it is in the end." },
  },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const { to, body, media } = options;
    if (to === undefined) throw new UsageError("--to is missing: the number to send to");
    if (body === undefined && media.length === 0) throw new UsageError("--body is missing: the text to send");
    const run = await findRunning(context, settingFlags);
    const from = options.from ?? run.from;
    if (from === null) {
      throw new CommandFailure("the account has no number to send from; add one under “numbers” in trunkline.yaml");
    }
    const form = new URLSearchParams({ To: to, From: from });
    if (body !== undefined) form.set("Body", body);
    for (const url of media) form.append("MediaUrl", url);
    const sent = await create(run, form);
    if (!options.json) context.stdout.write(messageText(sent));
    const onStatus = (message: SentMessage): void => {
      if (!options.json) context.stdout.write(`${statusLine(message)}\n`);
    };
    const last = options.wait ? await follow(run, sent, { limitMs: options.timeout * 1_000, onStatus }) : sent;
    if (options.json) context.stdout.write(`${JSON.stringify(last, null, 2)}\n`);
    return options.wait && !GOOD.has(last.status) ? undelivered(context.stderr, last, options.timeout) : EXIT.ok;
  },
});

async function create(run: RunningHere, form: URLSearchParams): Promise<SentMessage> {
  const answer = await callForJson(`${run.baseUrl}/2010-04-01/Accounts/${run.accountSid}/Messages.json`, {
    method: "POST",
    headers: { Authorization: authorization(run), "Content-Type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  return answer as SentMessage;
}

/** Gives the message once its status is final, or as it is when the time is over. */
async function follow(
  run: RunningHere,
  sent: SentMessage,
  options: { readonly limitMs: number; readonly onStatus: (message: SentMessage) => void },
): Promise<SentMessage> {
  const url = `${run.baseUrl}/2010-04-01/Accounts/${run.accountSid}/Messages/${sent.sid}.json`;
  const headers = { Authorization: authorization(run) };
  const end = performance.now() + options.limitMs;
  let message = sent;
  while (!FINAL.has(message.status) && performance.now() < end) {
    await sleep(POLL_MS);
    const now = (await callForJson(url, { headers })) as SentMessage;
    if (now.status !== message.status) options.onStatus(now);
    message = now;
  }
  return message;
}

function undelivered(stderr: TextOutput, message: SentMessage, timeoutSeconds: number): number {
  if (!FINAL.has(message.status)) {
    stderr.write(`trunkline: after ${timeoutSeconds} s the message is still ${message.status}\n`);
  }
  return EXIT.failed;
}

function messageText(message: SentMessage): string {
  const { sid, from, to, body, num_segments: segments } = message;
  const count = segments === "1" ? "1 segment" : `${segments} segments`;
  const shown = body === "" ? "" : `\n  ${printable(body).replaceAll("\n", "\n  ")}\n\n`;
  return `${sid}   ${printable(from ?? "")} → ${printable(to)}   ${count}\n${shown}${statusLine(message)}\n`;
}

function statusLine({ status, error_code: code, error_message: text }: SentMessage): string {
  return code === null ? status : `${status}   error ${code}${text === null ? "" : `: ${printable(text)}`}`;
}

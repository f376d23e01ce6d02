import { setTimeout as sleep } from "node:timers/promises";
import type { PhoneMessage, PhonePage } from "../../modules/simulator/index.ts";
import { CommandFailure, defineCommand, EXIT, UsageError, type CommandContext } from "../../platform/cli/index.ts";
import { callForJson } from "../call-api.ts";
import { findRunning, locationSettings, type LocationFlags } from "../find-running.ts";
import { chatText, phoneListText, showLocalTime } from "../phone-text.ts";

const POLL_MS = 300;
/** More new messages between two looks than this, and the oldest of them are not shown. */
const MAX_PAGE = 1_000;

const look = { showTime: showLocalTime };

export const phones = defineCommand({
  name: "phones",
  summary: "look at the simulated phones, and text back",
  description:
    "Without a number it lists the phones of the simulated carrier, the one with the latest text first. With a number " +
    "it shows that phone's texts, and --send has the phone send one. It works with the simulated carrier of the " +
    "running Trunkline, or with --url with one of “trunkline simulate carrier”.",
  example: 'npx trunkline phones +15551234567 --send "Hi back" --to +15005550100',
  options: {
    send: { type: "text", placeholder: "text", description: "Have the phone send a text." },
    to: { type: "text", placeholder: "number", description: "Whom to. Without it, whoever texted the phone last." },
    follow: { type: "switch", short: "f", description: "Go on showing what comes, until Ctrl-C." },
    limit: {
      type: "integer",
      placeholder: "count",
      min: 1,
      max: MAX_PAGE,
      default: 50,
      description: "How many phones or texts to show, the newest.",
    },
    url: { type: "text", placeholder: "url", description: "The phones' address that “simulate carrier” prints." },
    json: { type: "switch", description: "Print JSON; with --follow, one text a line." },
  },
  words: [{ name: "number", description: "The phone's number, such as +15551234567.", required: false }],
  settings: locationSettings,
  run: async (context, { options, words, settingFlags }) => {
    const [number] = words;
    if (number === undefined && (options.follow || options.send !== undefined)) {
      throw new UsageError("the number of the phone is missing");
    }
    if (options.to !== undefined && options.send === undefined) throw new UsageError("--to goes with --send");
    const base = await simulatorUrl(context, options.url, settingFlags);
    if (number === undefined) {
      const page = (await callForJson(`${base}/simulator/phones?limit=${options.limit}`)) as PhonePage;
      context.stdout.write(options.json ? `${JSON.stringify(page, null, 2)}\n` : phoneListText(page, look));
      return EXIT.ok;
    }
    const phone = new Phone(base, number);
    if (options.send !== undefined) {
      const sent = await phone.send(options.to, options.send);
      if (!options.follow) {
        context.stdout.write(options.json ? `${JSON.stringify(sent, null, 2)}\n` : chatText([sent], look));
        return EXIT.ok;
      }
    }
    if (!options.follow) {
      const messages = await phone.read(options.limit);
      const nothing = `The phone ${number} has no texts.\n`;
      const text = messages.length === 0 ? nothing : chatText(messages, look);
      context.stdout.write(options.json ? `${JSON.stringify({ messages }, null, 2)}\n` : text);
      return EXIT.ok;
    }
    return followPhone(phone, options.limit, (shown) => {
      const lines = options.json
        ? shown.map((message) => `${JSON.stringify(message)}\n`).join("")
        : chatText(shown, look);
      context.stdout.write(lines);
    });
  },
});

async function simulatorUrl(context: CommandContext, url: string | undefined, flags: LocationFlags): Promise<string> {
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new UsageError(`--url expects an address such as http://127.0.0.1:8081, got “${url}”`);
    }
    return new URL(url).origin;
  }
  const run = await findRunning(context, flags);
  if (!run.simulator) {
    throw new CommandFailure(
      "the running Trunkline has real carriers and no simulated phones; for those of “trunkline simulate carrier”, " +
        "give the address that it prints with --url",
    );
  }
  return run.phonesUrl ?? run.baseUrl;
}

/** A simulated phone, over HTTP. */
class Phone {
  private readonly url: string;

  constructor(base: string, number: string) {
    this.url = `${base}/simulator/phones/${encodeURIComponent(number)}/messages`;
  }

  /** The newest texts, oldest first. */
  async read(limit: number): Promise<readonly PhoneMessage[]> {
    const { messages } = (await callForJson(`${this.url}?limit=${limit}`)) as { messages: readonly PhoneMessage[] };
    return messages;
  }

  async send(to: string | undefined, body: string): Promise<PhoneMessage> {
    const receiver = to ?? (await this.lastSender());
    if (receiver === undefined) throw new UsageError("--to is missing, and nobody texted this phone yet");
    const headers = { "Content-Type": "application/json" };
    const text = JSON.stringify({ to: receiver, body });
    return (await callForJson(this.url, { method: "POST", headers, body: text })) as PhoneMessage;
  }

  private async lastSender(): Promise<string | undefined> {
    return (await this.read(MAX_PAGE)).findLast(({ direction }) => direction === "received")?.from;
  }
}

/** Shows what there is and then what comes, until the process is ended. */
async function followPhone(
  phone: Phone,
  limit: number,
  show: (messages: readonly PhoneMessage[]) => void,
): Promise<never> {
  // Read once: what came between two reads would be neither old nor new.
  const first = await phone.read(MAX_PAGE);
  let known = new Set(first.map(({ id }) => id));
  const isNew = ({ id }: PhoneMessage): boolean => !known.has(id);
  show(first.slice(-limit));
  for (;;) {
    await sleep(POLL_MS);
    const messages = await phone.read(MAX_PAGE);
    const fresh = messages.filter(isNew);
    known = new Set(messages.map(({ id }) => id));
    if (fresh.length > 0) show(fresh);
  }
}

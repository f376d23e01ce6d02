import type { ApiMessage, OwnNumber, PhoneSummary } from "./phone-data.ts";

/** One step of the five-minute demo. */
export interface DemoStep {
  readonly id: "send" | "answer" | "webhook" | "reply" | "break";
  readonly number: number;
  readonly title: string;
  /** What to do, and what it is good for. */
  readonly hint: string;
  readonly isDone: boolean;
}

/** What is seen of the demo. */
export interface DemoFacts {
  readonly phones: readonly PhoneSummary[];
  readonly numbers: readonly OwnNumber[];
  /** The account's last messages. */
  readonly messages: readonly ApiMessage[];
}

/** A text to it always fails: the carrier says that there is no such number. The simulator has more of this kind. */
export const UNREACHABLE_PHONE = "+15559990001";
const FAILED = new Set(["failed", "undelivered"]);

/** How far somebody is. What is seen on the phones and in the API decides, so that a reload forgets nothing. */
export function demoSteps({ phones, numbers, messages }: DemoFacts): readonly DemoStep[] {
  const has = (test: (message: ApiMessage) => boolean): boolean => messages.some(test);
  const isDone: Readonly<Record<DemoStep["id"], boolean>> = {
    send: phones.length > 0,
    answer:
      phones.some(({ lastMessage }) => lastMessage?.direction === "sent") ||
      has(({ direction }) => direction === "inbound"),
    webhook: numbers.some(({ sms_url }) => sms_url !== null && sms_url !== ""),
    reply: has(({ direction }) => direction === "outbound-reply"),
    break: has(({ status }) => FAILED.has(status)),
  };
  return STEPS.map(([id, title, hint], index) => ({ id, number: index + 1, title, hint, isDone: isDone[id] }));
}

const STEPS: readonly (readonly [id: DemoStep["id"], title: string, hint: string])[] = [
  ["send", "Text a phone", "Send a text from your number. It comes to this phone as it would to a real one."],
  [
    "answer",
    "Text back",
    "Now you are your own customer: type on the phone and press Enter. The text goes to your number.",
  ],
  [
    "webhook",
    "Connect an app",
    "Your number has got a text, and nobody reads it. Say which app does; one that repeats what it hears is built in.",
  ],
  ["reply", "See it reply", "Type on the phone once more: your app is asked what to say, and its answer comes back."],
  [
    "break",
    "Break one",
    "Some numbers fail on purpose. Text one, and see on the page of the message what happened to it, step by step.",
  ],
];

/** The titles, for whoever has not begun. */
export const STEP_TITLES: readonly string[] = STEPS.map(([, title]) => title);

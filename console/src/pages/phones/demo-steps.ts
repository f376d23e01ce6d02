import type { OwnNumber, PhoneSummary } from "./phone-data.ts";

/** One step of the five-minute demo. */
export interface DemoStep {
  readonly id: "send" | "answer" | "webhook" | "reply";
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
}

/** How far somebody is. What is seen on the phones decides, so that a reload forgets nothing. */
export function demoSteps(phones: readonly PhoneSummary[], numbers: readonly OwnNumber[]): readonly DemoStep[] {
  const lasts = phones.map(({ lastMessage }) => lastMessage);
  const hasSent = phones.length > 0;
  const hasWebhook = numbers.some(({ sms_url }) => sms_url !== null && sms_url !== "");
  const hasAnswered =
    phones.some(({ messageCount }) => messageCount > 1) || lasts.some((last) => last?.direction === "sent");
  // A phone that has got another text after it had answered: what the app said.
  const hasReply =
    hasWebhook &&
    phones.some(({ messageCount, lastMessage }) => messageCount > 2 && lastMessage?.direction === "received");
  const step = (id: DemoStep["id"], number: number, title: string, isDone: boolean): DemoStep => ({
    id,
    number,
    title,
    isDone,
  });
  return [
    step("send", 1, "Text the phone", hasSent),
    step("answer", 2, "Answer from it", hasAnswered),
    step("webhook", 3, "Set a webhook", hasWebhook),
    step("reply", 4, "See your app reply", hasReply),
  ];
}

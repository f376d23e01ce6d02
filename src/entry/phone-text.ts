import type { PhoneMessage, PhonePage } from "../modules/simulator/index.ts";
import { printable } from "./printable.ts";

const MAX_PREVIEW_CHARACTERS = 48;

export interface PhoneTextOptions {
  /** How a time is shown. */
  readonly showTime: (timeMs: number) => string;
}

/** `2026-03-09 14:05:07` where this machine is. */
export function showLocalTime(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The list of phones: number, how many texts, the last of them. */
export function phoneListText({ phones, nextCursor }: PhonePage, { showTime }: PhoneTextOptions): string {
  if (phones.length === 0) return "No phone was texted yet. Send one with “npx trunkline send”.\n";
  const width = Math.max(...phones.map(({ number }) => number.length));
  const lines = phones.map(({ number, messageCount, lastMessage }) => {
    const count = String(messageCount).padStart(5);
    const last = lastMessage === undefined ? "" : `  ${showTime(lastMessage.timeMs)}  ${preview(lastMessage)}`;
    return `${number.padEnd(width)}  ${count}${last}`;
  });
  const more = nextCursor === undefined ? [] : ["… and more; --limit shows them."];
  return [...lines, ...more].map((line) => `${line.trimEnd()}\n`).join("");
}

/** The messages of one phone, as its owner sees them: what came in stands left, what went out is set in. */
export function chatText(messages: readonly PhoneMessage[], options: PhoneTextOptions): string {
  return messages.map((message) => messageText(message, options)).join("");
}

function messageText(message: PhoneMessage, { showTime }: PhoneTextOptions): string {
  const isSent = message.direction === "sent";
  const other = isSent ? `to ${message.to}` : `from ${message.from}`;
  const head = [showTime(message.timeMs), printable(other), ...remarks(message)].join("  ");
  const lines = [head, ...printable(message.body).split("\n")];
  return `${lines.map((line) => `${isSent ? "    " : ""}${line}`.trimEnd()).join("\n")}\n\n`;
}

/** What is out of the ordinary about a message. */
function remarks({ state, parts, missingParts, direction, encoding }: PhoneMessage): string[] {
  const isPlain = state === (direction === "sent" ? "taken" : "DELIVERED");
  return [
    ...(isPlain ? [] : [`[${state.toLowerCase()}]`]),
    ...(parts.length > 1 ? [`(${parts.length} parts)`] : []),
    ...(missingParts === undefined ? [] : [`(${missingParts} missing)`]),
    ...(encoding === "BINARY" ? ["(binary)"] : []),
  ];
}

function preview(message: PhoneMessage): string {
  const line = printable(message.body).replace(/\s+/g, " ").trim();
  const characters = Array.from(line);
  const shown =
    characters.length > MAX_PREVIEW_CHARACTERS ? `${characters.slice(0, MAX_PREVIEW_CHARACTERS - 1).join("")}…` : line;
  return message.direction === "sent" ? `→ ${shown}` : shown;
}

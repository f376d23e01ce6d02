import { wellFormed } from "../../protocols/sms/index.ts";
import { present } from "../../kernel/assert.ts";
import type { PhoneMessage } from "./phone-message.ts";

/** One text from parts that are in order, some of `total` perhaps missing. There is at least one. */
export function joinParts(parts: readonly PhoneMessage[], total: number): PhoneMessage {
  const first = present(parts[0], "the first part of a text");
  const missing = total - parts.length;
  const failed = parts.find((part) => part.state !== "DELIVERED");
  return {
    ...first,
    timeMs: Math.max(...parts.map((part) => part.timeMs)),
    body: wellFormed(parts.map((part) => part.body).join("")),
    parts: parts.flatMap((part) => part.parts),
    state: failed?.state ?? "DELIVERED",
    ...(missing > 0 ? { missingParts: missing } : {}),
  };
}

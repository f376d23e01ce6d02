import type { PhoneEntry } from "./phone-store.ts";

type Shape = Readonly<Record<string, "string" | "number" | "object">>;

/** The fields that each kind of entry, and what is in it, must have. */
const MESSAGE: Shape = {
  id: "string",
  direction: "string",
  timeMs: "number",
  from: "string",
  to: "string",
  body: "string",
  state: "string",
  parts: "object",
};
const RECEIPT: Shape = {
  id: "string",
  systemId: "string",
  from: "string",
  to: "string",
  submittedMs: "number",
  doneMs: "number",
  state: "string",
  text: "string",
};
const PART: Shape = {
  from: "string",
  to: "string",
  reference: "number",
  total: "number",
  sequence: "number",
  nowMs: "number",
};

/** A stored entry as it was written, or `undefined` for one that is damaged or of another version. */
export function readEntry(stored: unknown): PhoneEntry | undefined {
  return isEntry(stored) ? (stored as unknown as PhoneEntry) : undefined;
}

function isEntry(entry: unknown): entry is Record<string, unknown> {
  if (!has(entry, { kind: "string" })) return false;
  switch (entry["kind"]) {
    case "message":
      return has(entry, { phone: "string" }) && isMessage(entry["message"]);
    case "state":
      return has(entry, { phone: "string", id: "string", state: "string" });
    case "gone":
      return has(entry, { phone: "string", id: "string" });
    case "part": {
      const part = entry["part"];
      return has(part, PART) && isMessage(part["value"]);
    }
    case "owed":
      return has(entry["receipt"], RECEIPT);
    case "paid":
      return has(entry, { id: "string" });
    default:
      return false;
  }
}

function isMessage(value: unknown): boolean {
  return has(value, MESSAGE) && Array.isArray(value["parts"]);
}

function has(value: unknown, shape: Shape): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type);
}

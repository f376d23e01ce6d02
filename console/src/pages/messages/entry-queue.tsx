import { Clock, Layers, ListOrdered } from "lucide-react";
import { formatTime } from "../../ui/index.ts";
import { Facts, ICON, type Shown, type Views } from "./entry-parts.tsx";
import type { EntryData } from "./timeline-data.ts";

/** What it waits for, and where. */
export const QUEUE_VIEWS: Views<"waiting" | "released" | "media" | "queued" | "parked" | "unparked"> = {
  waiting: ({ until, why }) => ({
    title: `Waits until ${new Date(until).toLocaleString()}`,
    icon: <Clock size={ICON} />,
    tone: "warn",
    children: <p>{WAITS[why ?? ""] ?? (why === null ? undefined : `By the rule ${why}.`)}</p>,
  }),
  released: () => ({ title: "Its time has come: judged and priced again", icon: <Clock size={ICON} />, tone: "info" }),
  media: ({ media }) => ({
    title: `${media} ${media === 1 ? "medium was" : "media were"} fetched and stored`,
    icon: <Layers size={ICON} />,
  }),
  queued: queuedView,
  parked: () => ({
    title: "Waits in the database",
    icon: <Layers size={ICON} />,
    children: <p>Very many are queued before it, so that it does not take memory.</p>,
  }),
  unparked: () => ({ title: "Is back in memory, its turn comes", icon: <Layers size={ICON} /> }),
};

const WAITS: Readonly<Record<string, string>> = {
  schedule: "It was scheduled for that time.",
  rules: "A rule lets it go only then.",
};

const QUEUED: Readonly<Record<string, string>> = {
  media: "Waits for its media",
  turn: "Waits for its turn",
  "next-attempt": "Waits for the next attempt",
  "room-in-memory": "Waits in the database for room",
};

function queuedView(data: EntryData["queued"]): Shown {
  const { lane, waits_for: waits, messages_of_sender: messages = 0, segments_per_second: rate } = data;
  return {
    title: waits === null ? `Queued in the lane ${lane}` : `${QUEUED[waits] ?? waits}, lane ${lane}`,
    icon: <ListOrdered size={ICON} />,
    tone: waits === null ? "neutral" : "warn",
    children:
      waits === null ? undefined : (
        <Facts
          items={[
            ["Waiting for this sender", messages],
            ["Rate of the sender", rate === null || rate === undefined ? null : `${rate} segments/s`],
            [
              "Next attempt",
              data.until === null || data.until === undefined ? null : formatTime(Date.parse(data.until)),
            ],
          ]}
        />
      ),
  };
}

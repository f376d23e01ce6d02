import type { QueuedItem } from "../../../platform/queue/index.ts";
import { TRAFFIC_CLASSES } from "../../routing/index.ts";
import { trafficClassOf, type Message } from "../message.ts";

const SID_LENGTH = 34;

/** Entries of a lane are the SID and the stamp of the routes by which it came there. */
export function sidOf(item: string): string {
  return item.slice(0, SID_LENGTH);
}

/** One item of each account and class in turn, so that none waits until all of a large one are moved. */
export function inTurns(items: readonly QueuedItem[]): QueuedItem[] {
  const byAccount = new Map<string, QueuedItem[]>();
  for (const item of items) {
    const key = `${item.flow.lane}|${item.flow.account}`;
    const known = byAccount.get(key);
    if (known === undefined) byAccount.set(key, [item]);
    else known.push(item);
  }
  const ordered: QueuedItem[] = [];
  let left = [...byAccount.values()];
  for (let round = 0; left.length > 0; round += 1) {
    for (const own of left) ordered.push(own[round] as QueuedItem);
    left = left.filter((own) => own.length > round + 1);
  }
  return ordered;
}

/** Parts that wait to be given to a carrier. */
export function pendingCount(message: Readonly<Message>): number {
  let count = 0;
  for (const part of message.parts) if (part.state === "pending") count += 1;
  return count;
}

/** Where a message waits in a carrier's queue; `line` is its sender, and the limits that hold for it. */
export function flowOf(
  message: Readonly<Message>,
  line: string,
): { readonly lane: number; readonly account: string; readonly sender: string } {
  return { lane: TRAFFIC_CLASSES.indexOf(trafficClassOf(message)), account: message.accountSid, sender: line };
}

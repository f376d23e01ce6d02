/**
 * A cell that writes down events in a process of its own, to be killed. Arguments: folder, and
 * `check` to say what is there before it goes on. Says what it was answered for.
 */
import { systemClock } from "../../src/adapters/system/index.ts";
import { openEventCell } from "../kit/event-cell.ts";

const [folder = "", mode = ""] = process.argv.slice(2);
// Whoever started it is gone: nobody would end it.
process.stdin.on("end", () => process.exit()).resume();
const world = await openEventCell({ folder, clock: systemClock, isFast: true });
if (mode === "check") {
  const { json } = await world.ask(
    "select count(*), count(distinct sid), coalesce(min(sid), ''), coalesce(max(sid), '') from messages",
  );
  process.stdout.write(`${JSON.stringify({ changes: world.changes, found: json.rows?.[0] ?? json })}\n`);
}
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for (;;) {
  const done = await world.change(1 + (world.changes % 40));
  process.stdout.write(`${JSON.stringify({ done })}\n`);
  await new Promise((resolve) => setTimeout(resolve, 1));
}

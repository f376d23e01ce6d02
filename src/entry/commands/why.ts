import { defineCommand, EXIT, UsageError } from "../../platform/cli/index.ts";
import { askCells } from "../ask-cells.ts";
import { deliveryText, type ShownDelivery } from "../delivery-text.ts";
import { findRunning, locationSettings } from "../find-running.ts";

export const why = defineCommand({
  name: "why",
  summary: "say why a message took its carrier, how often it was tried and what it cost",
  description:
    "Asks the running Trunkline, as its operator, what became of a message of any account: its status, its lane, " +
    "every attempt with the carrier's own words, its parts with the carrier's ids, what it cost, and the ranking of " +
    "carriers by the routing table and the carriers' health at the time of the last attempt.",
  example: "npx trunkline why SM01a1fc044b01700080003c81c6f31209",
  options: { json: { type: "switch", description: "Print what the API answers." } },
  words: [{ name: "sid", description: "The SID of an outbound message: SM… or MM….", required: true }],
  settings: locationSettings,
  run: async (context, { options, words, settingFlags }) => {
    const [sid = ""] = words;
    if (!/^(SM|MM)[0-9a-f]{32}$/.test(sid)) {
      throw new UsageError(`a message's SID is SM or MM and 32 hexadecimal digits, got “${sid.slice(0, 80)}”`);
    }
    const run = await findRunning(context, settingFlags);
    const delivery = await askCells(run, `/Messages/${sid}/Delivery`, sid);
    const text = options.json ? `${JSON.stringify(delivery, null, 2)}\n` : deliveryText(delivery as ShownDelivery);
    context.stdout.write(text);
    return EXIT.ok;
  },
});

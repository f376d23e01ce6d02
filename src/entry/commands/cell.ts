import { defineCommand } from "../../platform/cli/index.ts";
import { allSettings, runRole } from "../role-command.ts";

export const cell = defineCommand({
  name: "cell",
  summary: "run one cell",
  description:
    "Runs one cell with its own database, log and carriers. Edges pass requests on to its port, which belongs into a private network. Needs name, cell.number and the master key of the system; add it with “cells add”.",
  example:
    "npx trunkline cell --name messaging-2 --cell-number 2 --region ie1 --database-url postgres://trunkline@db/messaging_2 --gossip-seed 10.0.0.5:7946",
  options: {},
  settings: allSettings,
  run: (context, { settingFlags }) =>
    runRole(context, settingFlags, async (role) => (await import("../cell-process.ts")).startCell(role)),
});

import { defineCommand } from "../../platform/cli/index.ts";
import { allSettings, runRole } from "../role-command.ts";

export const control = defineCommand({
  name: "control",
  summary: "run the control plane: which cells there are, and who is at home where",
  description: "Serves the operator's requests about cells, accounts and moves. Cells and edges work without it.",
  example: "npx trunkline control --control-database-url postgres://trunkline@db/control --gossip-seed 10.0.0.5:7946",
  options: {},
  settings: allSettings,
  run: (context, { settingFlags }) =>
    runRole(context, settingFlags, async (role) => (await import("../control-process.ts")).startControl(role)),
});

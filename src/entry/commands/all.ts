import { defineCommand } from "../../platform/cli/index.ts";
import { allSettings, runRole } from "../role-command.ts";
import { startAll } from "./up.ts";

export const all = defineCommand({
  name: "all",
  summary: "run every role in one process",
  description: "What “up” does without --cells: edge, control plane and one messaging cell in one process.",
  example: "npx trunkline all --port 8080",
  options: {},
  settings: allSettings,
  run: (context, { settingFlags }) => runRole(context, settingFlags, (role) => startAll(context, role)),
});

import { defineCommand } from "../../platform/cli/index.ts";
import { allSettings, runRole } from "../role-command.ts";

export const edge = defineCommand({
  name: "edge",
  summary: "run an edge: the door for clients, in front of the cells",
  description:
    "Takes requests of clients, authenticates and limits them, and passes each on to the cell in which its account is at home. Needs the routing table (controlDatabaseUrl) at its first start, gossip.seeds, and the master key of the system.",
  example:
    "npx trunkline edge --name edge-ie1 --region ie1 --control-database-url postgres://trunkline@db/control --gossip-seed 10.0.0.5:7946",
  options: {},
  settings: allSettings,
  run: (context, { settingFlags }) =>
    runRole(context, settingFlags, async (role) => (await import("../edge-process.ts")).startEdge(role)),
});

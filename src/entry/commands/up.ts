import { defineCommand, type CommandContext } from "../../platform/cli/index.ts";
import { allSettings, runRole, type RoleStart, type Running } from "../role-command.ts";
import { fleetWelcome, welcome } from "../welcome.ts";

export const up = defineCommand({
  name: "up",
  summary: "start Trunkline on this machine",
  description:
    "Starts everything in one process: PostgreSQL, the API, a messaging cell and, unless carriers are configured, " +
    "a simulated carrier with phones. With --cells every cell, an edge for each region and the control plane are " +
    "processes of their own, which are started again when they end. Ctrl-C stops it; the next start goes on where it was.",
  example: "npx trunkline up --port 8080",
  options: {},
  settings: allSettings,
  run: (context, { settingFlags }) =>
    runRole(context, settingFlags, (role) =>
      role.settings.cells === undefined ? startAll(context, role) : startFleet(context, role, settingFlags),
    ),
});

/** Everything in this process. */
export async function startAll(context: CommandContext, role: RoleStart): Promise<Running> {
  // What a system is made of takes a second to load, which every other command would wait for.
  const { startSystem } = await import("../system.ts");
  const system = await startSystem(role);
  context.stdout.write(welcome(system, role.settings));
  return system;
}

async function startFleet(
  context: CommandContext,
  role: RoleStart,
  flags: Readonly<Record<string, string | boolean>>,
): Promise<Running> {
  const { CARRIER, Supervisor } = await import("../fleet/supervisor.ts");
  const onLine = (name: string, line: string): void => {
    // What it says to people at its start is said here, in one piece.
    if (name === CARRIER && !line.startsWith("{")) return;
    context.stderr.write(line.startsWith("{") ? `${line}\n` : `[${name}] ${line}\n`);
  };
  const supervisor = await Supervisor.start({ ...role, flags, onLine });
  context.stdout.write(fleetWelcome(supervisor, role.settings));
  return supervisor;
}

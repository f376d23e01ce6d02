import { systemClock } from "../../adapters/system/index.ts";
import { defineCommand, EXIT, type CommandContext } from "../../platform/cli/index.ts";
import { SettingsError } from "../../platform/config/index.ts";
import type { ProgramSettings } from "../carriers.ts";
import { checkAuthority, checkProxy } from "../doctor/check-authority.ts";
import { checkFleet } from "../doctor/check-fleet.ts";
import { checkHealth } from "../doctor/check-health.ts";
import { checkClock, checkDataFolder, checkNode } from "../doctor/check-machine.ts";
import { checkNothingRuns, checkRunning, checkShell } from "../doctor/check-running.ts";
import { checkDatabase, checkPorts, checkWebhooks } from "../doctor/check-settings.ts";
import { byImportance, findingsText, good, wrong, type Finding } from "../doctor/finding.ts";
import { findRunning, locationSettings, readSettings, type LocationFlags, type RunningHere } from "../find-running.ts";
import { readRunFile } from "../run-file.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "look for what is wrong, and say how to mend it",
  description:
    "Checks this machine, the settings and the running system: reachability, log, disks, carriers, queues, database, " +
    "clocks, limits, certificates, webhooks, money. It changes nothing. What matters most comes first. The exit code " +
    "is 1 when something is wrong; what is only doubtful may be meant so.",
  example: "npx trunkline doctor",
  options: { json: { type: "switch", description: "Print the findings as one JSON object." } },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const findings = byImportance(await examine(context, settingFlags));
    const isWell = findings.every(({ verdict }) => verdict !== "wrong");
    const shown = options.json ? `${JSON.stringify({ ok: isWell, findings }, null, 2)}\n` : findingsText(findings);
    context.stdout.write(shown);
    return isWell ? EXIT.ok : EXIT.failed;
  },
});

async function examine(context: CommandContext, flags: LocationFlags): Promise<Finding[]> {
  const node = checkNode(process.version);
  let settings: ProgramSettings;
  try {
    settings = readSettings(context, flags);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const fix = "Mend it; docs/generated/configuration.md lists every setting.";
    return [node, wrong("settings", error.message, fix)];
  }
  const { data } = settings;
  const run = (await readRunFile(data)) === undefined ? undefined : await findRunning(context, flags);
  return [
    node,
    good("settings", settings.config === undefined ? "no file, so the defaults and the environment" : settings.config),
    ...(await checkDataFolder(data)),
    await checkClock(data, systemClock.nowMs()),
    await checkAuthority(data, systemClock.nowMs()),
    ...(settings.databaseUrl === undefined ? [] : [await checkDatabase(settings.databaseUrl)]),
    checkWebhooks(settings),
    ...(await checkSystem(settings, run)),
    ...checkShell(context.env, run),
  ];
}

async function checkSystem(settings: ProgramSettings, run: RunningHere | undefined): Promise<Finding[]> {
  if (run === undefined) return [await checkNothingRuns(settings.data), ...(await checkPorts(settings))];
  const findings = await checkRunning(run);
  if (findings.length === 1) return findings;
  const fleet = await checkFleet(run);
  return [...findings, ...fleet, ...(await checkHealth(run)), await checkProxy(run.baseUrl, run.caPath)];
}

import { resolve } from "node:path";
import type { ProgramSettings } from "./carriers.ts";
import { quote } from "./shell-lines.ts";
import type { Supervisor } from "./fleet/supervisor.ts";
import { present } from "../kernel/assert.ts";
import type { RunningSystem } from "./system.ts";

const DEFAULT_DATA = "./.trunkline";

/** What to do next, in lines that work when pasted. */
export function welcome(system: RunningSystem, settings: ProgramSettings): string {
  const { baseUrl, tlsUrl, account, from } = system;
  const hasPhones = system.simulator !== undefined;
  const lines = `${tlsUrl === undefined ? "" : `   and ${tlsUrl}`}\n${smppLine(system)}`;
  return firstSteps({ baseUrl, account, from, hasPhones, lines, settings, consoleUrl: system.consoleUrl });
}

/** The same for a system of several processes, and how to look at them. */
export function fleetWelcome(supervisor: Supervisor, settings: ProgramSettings): string {
  const { edges, home } = supervisor.welcomed;
  const [edge, ...others] = edges;
  const account = present(home.account, "the operator is at home in the first cell");
  const baseUrl = present(edge, "there is an edge").baseUrl;
  const option = dataOption(settings);
  const lines = [
    `${edge?.tlsUrl === undefined ? "" : `   and ${edge.tlsUrl}`}`,
    ...others.map((other) => `  ${other.name.padEnd(14)} ${other.baseUrl}`),
    `  Cells          ${supervisor.cells.map(({ name, region }) => `${name} (${region})`).join(", ")}`,
    "",
  ].join("\n");
  const { from } = home;
  const hasPhones = supervisor.phonesUrl !== undefined;
  const { consoleUrl } = supervisor;
  const text = firstSteps({ baseUrl, account, from, hasPhones, lines, settings, consoleUrl });
  const more = `
Look at the cells, and see one of them die while the others go on:

  npx trunkline cells --watch${option}
  npx trunkline cells kill ${supervisor.cells.at(-1)?.name}${option}

`;
  return text.replace("\nCtrl-C stops everything.", `${more}Ctrl-C stops everything.`);
}

/** What is shown at the start of any system. */
interface Start {
  readonly baseUrl: string;
  readonly account: { readonly accountSid: string; readonly authToken: string };
  readonly from: string | undefined;
  readonly hasPhones: boolean;
  /** What stands behind the API's address and below it. */
  readonly lines: string;
  readonly settings: ProgramSettings;
  /** Signs in to the console, once. */
  readonly consoleUrl: string | undefined;
}

function firstSteps({ baseUrl, account, from, hasPhones, lines, settings, consoleUrl }: Start): string {
  const { accountSid, authToken } = account;
  const option = dataOption(settings);
  return `
Trunkline is ready.
${consoleUrl === undefined ? "" : `\nOpen the console: send, receive, break and understand a text there. The link works once;\n“npx trunkline console${option}” makes another.\n\n  ${consoleUrl}\n`}
  API            ${baseUrl}${lines}  Account SID    ${accountSid}
  Auth token     ${authToken}
  Send from      ${from ?? "(no numbers are configured)"}

Point an existing program that uses the Twilio SDK at it, without changing it:

  eval "$(npx trunkline env${option})"

Or send the first text now:

  curl -u ${accountSid}:${authToken} ${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json \\
    --data-urlencode To=+15551234567 --data-urlencode From=${from ?? "+15005550100"} --data-urlencode "Body=Hello from Trunkline"
${hasPhones ? `\nand see it on the phone:  npx trunkline phones +15551234567${option}\n` : ""}
Ctrl-C stops everything.
`;
}

/** What tells the other commands where to look, where that is not where they look anyway. */
function dataOption(settings: ProgramSettings): string {
  return settings.data === resolve(DEFAULT_DATA) ? "" : ` --data ${quote("sh", settings.data)}`;
}

/** Where customers bind, where that is switched on. */
function smppLine({ cell, baseUrl }: RunningSystem): string {
  const { port, tlsPort } = cell.smppPorts;
  const { hostname } = new URL(baseUrl);
  const ports = [
    ...(port === undefined ? [] : [`${hostname}:${port}`]),
    ...(tlsPort === undefined ? [] : [`${hostname}:${tlsPort} (TLS)`]),
  ];
  return ports.length === 0 ? "" : `  SMPP           ${ports.join("   and ")}\n`;
}

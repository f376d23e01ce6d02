import { resolve } from "node:path";
import type { ProgramSettings } from "./carriers.ts";
import { quote } from "./shell-lines.ts";
import type { RunningSystem } from "./system.ts";

const DEFAULT_DATA = "./.trunkline";

/** What to do next, in lines that work when pasted. */
export function welcome(system: RunningSystem, settings: ProgramSettings): string {
  const { accountSid, authToken } = system.account;
  const from = system.from ?? "+15005550100";
  // Where the other commands look when they are not told.
  const isDefaultData = settings.data === resolve(DEFAULT_DATA);
  const option = isDefaultData ? "" : ` --data ${quote("sh", settings.data)}`;
  return `
Trunkline is ready.

  API            ${system.baseUrl}${system.tlsUrl === undefined ? "" : `   and ${system.tlsUrl}`}
${smppLine(system)}  Account SID    ${accountSid}
  Auth token     ${authToken}
  Send from      ${system.from ?? "(no numbers are configured)"}

Point an existing program that uses the Twilio SDK at it, without changing it:

  eval "$(npx trunkline env${option})"

Or send the first text now:

  curl -u ${accountSid}:${authToken} ${system.baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json \\
    --data-urlencode To=+15551234567 --data-urlencode From=${from} --data-urlencode "Body=Hello from Trunkline"
${system.simulator === undefined ? "" : `\nand see it on the phone:  npx trunkline phones +15551234567${option}\n`}
Ctrl-C stops everything.
`;
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

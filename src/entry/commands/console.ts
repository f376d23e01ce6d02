import { defineCommand, EXIT } from "../../platform/cli/index.ts";
import { askForLink } from "../console/sign-in-link.ts";
import { findRunning, locationSettings } from "../find-running.ts";

export const consoleCommand = defineCommand({
  name: "console",
  summary: "print a link that signs you in to the web console",
  description:
    "Makes a link for the running Trunkline that signs in its first account to the web console, once, within a " +
    "quarter of an hour. Open it in a browser; whoever has it can use it, so tell it to nobody.",
  example: "npx trunkline console",
  options: {
    json: { type: "switch", description: "Print as one JSON object." },
  },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const run = await findRunning(context, settingFlags);
    const { url, expires } = await askForLink(run);
    context.stdout.write(options.json ? `${JSON.stringify({ url, expires }, null, 2)}\n` : `${url}\n`);
    return EXIT.ok;
  },
});

import { defineCommand, EXIT } from "../../platform/cli/index.ts";
import { isLoopback } from "../../platform/config/index.ts";
import { writeCaBundle } from "../ca-bundle.ts";
import { findRunning, hostOfUrl, locationSettings } from "../find-running.ts";
import { ownCertificateFiles, programEnvironment, proxyBefore, restoredEnvironment } from "../program-environment.ts";
import { shellLines, SHELLS, type Shell, type VariableChanges } from "../shell-lines.ts";

const HOW_TO: Readonly<Record<Shell, string>> = {
  sh: 'eval "$(npx trunkline env)"',
  fish: "npx trunkline env --shell fish | source",
  powershell: "npx trunkline env --shell powershell | Out-String | Invoke-Expression",
};

export const env = defineCommand({
  name: "env",
  summary: "print the lines that lead the programs of a shell to Trunkline",
  description:
    "Prints lines for a shell to evaluate. After them, programs that are started from this shell and use an official " +
    "SDK reach the running Trunkline instead of the vendor, without any change: requests go through its port as a " +
    "proxy, its certificates are trusted, and the first account's credentials are in TWILIO_ACCOUNT_SID and " +
    "TWILIO_AUTH_TOKEN. All other hosts stay as they are. --unset gives back what the shell had before.",
  example: 'eval "$(npx trunkline env)"',
  options: {
    shell: {
      type: "text",
      placeholder: "shell",
      choices: SHELLS,
      default: "sh",
      description: "The language of the shell; sh is also bash and zsh.",
    },
    unset: { type: "switch", description: "Print the lines that undo it." },
    json: {
      type: "switch",
      description: "Print the variables as one JSON object instead; null is for those to remove.",
    },
  },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const shell = options.shell as Shell;
    const print = (changes: VariableChanges): void =>
      context.stdout.write(options.json ? `${JSON.stringify(changes, null, 2)}\n` : shellLines(shell, changes));
    if (options.unset) {
      const changes = restoredEnvironment(context.env);
      if (Object.keys(changes).length === 0) context.stderr.write("This shell has no variables of trunkline env.\n");
      print(changes);
      return EXIT.ok;
    }
    const run = await findRunning(context, settingFlags);
    const bundlePath = await writeCaBundle(run.caPath, ownCertificateFiles(context.env));
    print(programEnvironment({ run, bundlePath, env: context.env }));
    if (!options.json && context.stdout.isTty) context.stderr.write(`\n# For this shell: ${HOW_TO[shell]}\n`);
    const proxy = proxyBefore(context.env);
    if (proxy !== undefined) {
      context.stderr.write(`Note: other hosts are now reached directly, no longer through ${withoutUser(proxy)}.\n`);
    }
    if (!isLoopback(hostOfUrl(run.listenUrl))) {
      context.stderr.write(
        "Note: Trunkline does not listen on a loopback address, so its proxy answers for the vendors' hosts only. " +
          "Programs that need other hosts do not reach them from this shell.\n",
      );
    }
    return EXIT.ok;
  },
});

function withoutUser(proxy: string): string {
  return proxy.replace(/\/\/[^/@]*@/, "//");
}

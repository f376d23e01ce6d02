import { runCommandLine, type TextOutput } from "../platform/cli/index.ts";
import { commands } from "./commands/index.ts";
import { readVersion } from "./package-folder.ts";

// Of everything that is loaded from here on, stack traces name the source and not the file that it was joined into.
process.setSourceMapsEnabled(true);

/** How long a process that failed may take to write what it has to say. */
const FAILED_LINGER_MS = 2_000;

const output = (stream: NodeJS.WriteStream): TextOutput => ({
  write: (text) => void stream.write(text),
  isTty: stream.isTTY === true,
});

// Whoever read the output has gone (`trunkline phones | head`): end as SIGPIPE ends other programs, but in order.
process.stdout.on("error", () => process.kill(process.pid, "SIGTERM"));
process.stderr.on("error", () => {});

process.exitCode = await runCommandLine(
  { name: "trunkline", summary: "A communications platform that you run yourself.", version: readVersion(), commands },
  process.argv.slice(2),
  { stdout: output(process.stdout), stderr: output(process.stderr), env: process.env, cwd: process.cwd() },
);

// The channel to the supervisor would keep a process alive that has stopped, or could not start.
if (process.connected) process.disconnect();

// What could not start may have left something open that would keep the process alive; whoever watches it must hear that it failed.
if (process.exitCode !== 0) setTimeout(() => process.exit(), FAILED_LINGER_MS).unref();

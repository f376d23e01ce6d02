import { readFileSync } from "node:fs";
import { runCommandLine, type TextOutput } from "../platform/cli/index.ts";
import { commands } from "./commands/index.ts";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const output = (stream: NodeJS.WriteStream): TextOutput => ({
  write: (text) => void stream.write(text),
  isTty: stream.isTTY === true,
});

process.exitCode = await runCommandLine(
  { name: "trunkline", summary: "A communications platform that you run yourself.", version, commands },
  process.argv.slice(2),
  { stdout: output(process.stdout), stderr: output(process.stderr), env: process.env, cwd: process.cwd() },
);

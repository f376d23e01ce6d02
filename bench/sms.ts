/** The main job: accept → durable → SMPP → receipt → callback. See `HELP` for what can be asked for. */
import { withCleanup } from "./sms/cleanup.ts";
import { runLinear } from "./sms/linear-scenario.ts";
import { runMemory, runModule } from "./sms/module-scenarios.ts";
import { HELP, readOptions } from "./sms/options.ts";
import { runProgram } from "./sms/program-scenarios.ts";
import { runQueue } from "./sms/queue-scenario.ts";
import { Results } from "./sms/result.ts";

/** Runs the scenario that the arguments ask for and prints what was seen. */
export async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === undefined) {
    console.log(HELP);
    return;
  }
  const { folder: _folder, save, ...asked } = options;
  const results = new Results(save, asked);
  await withCleanup(async (cleanup) => {
    if (options.queue !== undefined) await runQueue(options, results, cleanup);
    else if (options.linear) await runLinear(options, results, cleanup);
    else if (options.memory) await runMemory(options, results, cleanup);
    else if (options.door === "module") await runModule(options, results, cleanup);
    else await runProgram(options, results, cleanup);
  });
}

/** The main job: accept → durable → SMPP → receipt → callback. See `HELP` for what can be asked for. */
import { withCleanup } from "./sms/cleanup.ts";
import { runHttp } from "./sms/http-scenarios.ts";
import { runMemory, runModule } from "./sms/module-scenarios.ts";
import { HELP, readOptions } from "./sms/options.ts";
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
    if (options.memory) await runMemory(options, results, cleanup);
    else if (options.door === "module") await runModule(options, results, cleanup);
    else await runHttp(options, results, cleanup);
  });
}

/** What runs in the thread that sends webhooks. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock, systemNet } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import { runSendThread, type SendThreadSetup } from "../platform/webhooks/index.ts";

runSendThread({
  port: present(parentPort, "the port of a thread"),
  setup: workerData as SendThreadSetup,
  net: systemNet,
  clock: systemClock,
});

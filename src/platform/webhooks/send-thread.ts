import type { MessagePort } from "node:worker_threads";
import { createAddressGuard, HttpClient } from "../http-client/index.ts";
import type { Clock, Net } from "../ports.ts";
import { LocalSender } from "./local-sender.ts";
import { MAX_BATCH, readRequests, writeResult, type Batch } from "./send-batch.ts";

/** How the client of the sending thread is set up. Plain data: it becomes the thread's `workerData`. */
export interface SendThreadSetup {
  readonly allowPrivateNetworks: boolean;
  readonly maxConnections: number;
  readonly maxConnectionsPerHost: number;
}

/**
 * What runs in the sending thread: a {@link LocalSender} with a client and a guard of its
 * own, fed by `port`. For the thread's entry file, which is wiring. What is thrown here is
 * a bug, ends the thread, and is noticed by the {@link ThreadSender}.
 */
export function runSendThread(options: {
  readonly port: MessagePort;
  readonly setup: SendThreadSetup;
  readonly net: Net;
  readonly clock: Clock;
}): void {
  const { port, net, clock } = options;
  const { allowPrivateNetworks, maxConnections, maxConnectionsPerHost } = options.setup;
  const http = new HttpClient({ net, clock, limits: { maxConnections, maxConnectionsPerHost } });
  const guard = createAddressGuard({ net, clock, allowPrivateNetworks });
  const sender = new LocalSender({ http, guard, clock });
  let results: Batch = [];
  let count = 0;
  const flush = (): void => {
    if (count === 0) return;
    port.postMessage(results);
    results = [];
    count = 0;
  };
  port.on("message", (batch: Batch) => {
    readRequests(batch, (key, request) => {
      sender.send(request, (result) => {
        writeResult(results, key, result);
        count += 1;
        // At the end of the turn, so that all answers that one look at the sockets brought go back together.
        if (count === 1) setImmediate(flush);
        else if (count === MAX_BATCH) flush();
      });
    });
  });
}

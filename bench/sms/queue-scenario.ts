/** Very many messages queued before a carrier that is away, in bounded memory; kill -9; and the carrier comes. */
import { freePorts } from "../../test/kit/programs.ts";
import { describeMachine } from "../machine.ts";
import type { Cleanup } from "./cleanup.ts";
import { ModuleSystem } from "./module-system.ts";
import type { BenchOptions } from "./options.ts";
import { costColumns, measure, type Results } from "./result.ts";
import { waitFor } from "./system.ts";
import { printTable, type Row } from "./table.ts";
import { openWorld } from "./world-process.ts";

/** Rows of the table, and lines that tell of progress for each. */
const STEPS = 10;
const LINES_A_STEP = 5;
const RETRY_MS = 20;
const SETTLE_LIMIT_MS = 3_600_000;
/** An SMPP client that was refused for long tries again after half a minute. */
const COME_LIMIT_MS = 90_000;
const STALL_MS = 120_000;

/** Fills the queue, kills the cell, opens it again, and lets the carrier take the first messages. */
export async function runQueue(options: BenchOptions, results: Results, cleanup: Cleanup): Promise<void> {
  const { inMemory, inMemoryPerFlow, queue: wanted = 0 } = options;
  const [smscPort = 0] = await freePorts(1);
  const system = await ModuleSystem.prepare({ ...options, parentFolder: options.folder, smscPort }, cleanup);
  const parking = {
    ...(inMemory === undefined ? {} : { messagesInMemory: inMemory }),
    ...(inMemoryPerFlow === undefined ? {} : { messagesPerFlow: inMemoryPerFlow }),
  };
  await system.start({ parking });
  const filled = await fill(system, wanted, options.inFlight);
  await results.add({ what: `queue, ${wanted} queued`, figures: { rows: filled } });
  const killed = performance.now();
  await system.kill();
  const { recoverMs, replayedMiB } = await system.start({ parking });
  const restartMs = performance.now() - killed;
  const recovered = await sizeRow(system);
  const recovery = {
    "recovery ms": Math.round(recoverMs),
    "with process and PostgreSQL ms": Math.round(restartMs),
    "log read MiB": Math.round(replayedMiB),
    ...recovered,
  };
  printTable("kill -9, and the cell is open again", [recovery]);
  await results.add({ what: "queue, recovered", figures: recovery });
  await drain({ system, smscPort, options, results, cleanup });
  await system.stop();
}

async function fill(system: ModuleSystem, wanted: number, inFlight: number): Promise<Row[]> {
  const rows: Row[] = [{ queued: 0, ...(await sizeRow(system)) }];
  const chunk = Math.ceil(wanted / STEPS / LINES_A_STEP);
  const began = performance.now();
  let costsOf = measure(await system.watched());
  let stepBegan = began;
  let stepQueued = 0;
  let stepRetried = 0;
  for (let queued = 0, lines = 0; queued < wanted; lines += 1) {
    const count = Math.min(chunk, wanted - queued);
    // In pieces, because what is known of each message is kept until the end of a load, in the cell's own process.
    const made = await system.load({ base: queued, count, inFlight, until: "accepted", retryMs: RETRY_MS });
    queued += count;
    stepRetried += made.retried;
    const seconds = (performance.now() - began) / 1_000;
    const { messages, rssMiB, unprojected, parked } = await system.size();
    const rate = Math.round((count * 1_000) / (made.endMs - made.startMs));
    console.log(
      `  ${Math.round((queued * 100) / wanted)} %: ${queued} queued after ${Math.round(seconds)} s, ${rate}/s, ` +
        `${messages} in memory, ${parked} parked, ${unprojected} changes not projected, RSS ${rssMiB} MiB`,
    );
    if ((lines + 1) % LINES_A_STEP !== 0 && queued < wanted) continue;
    const costs = costsOf(queued - stepQueued);
    const perSecond = Math.round(((queued - stepQueued) * 1_000) / (performance.now() - stepBegan));
    rows.push({
      queued,
      "accepted/s": perSecond,
      "put off": stepRetried,
      ...(await sizeRow(system)),
      ...costColumns(costs),
    });
    costsOf = measure(await system.watched());
    stepBegan = performance.now();
    stepQueued = queued;
    stepRetried = 0;
  }
  const settleBegan = performance.now();
  await system.settle(SETTLE_LIMIT_MS);
  rows.push({ queued: wanted, ...(await sizeRow(system)) });
  printTable(
    `${wanted} queued before a carrier that is away; CPU µs a message; the last row is when PostgreSQL had ` +
      `everything, ${Math.round((performance.now() - settleBegan) / 100) / 10} s later`,
    rows,
  );
  return rows;
}

async function sizeRow(system: ModuleSystem): Promise<Row> {
  const [size, disk] = [await system.size(), await system.stored()];
  return {
    "in memory": size.messages,
    parked: size.parked,
    "not projected": size.unprojected,
    "RSS MiB": size.rssMiB,
    "heap MiB": size.heapMiB,
    "log MiB": disk.logMiB,
    "PostgreSQL MiB": disk.databaseMiB,
  };
}

async function drain(at: {
  system: ModuleSystem;
  smscPort: number;
  options: BenchOptions;
  results: Results;
  cleanup: Cleanup;
}): Promise<void> {
  const { system, smscPort, options, results, cleanup } = at;
  const count = Math.min(options.drain, options.queue ?? 0);
  const world = await openWorld(options.receiptDelayMs, cleanup, smscPort);
  await world.child.call("begin", { base: 0, count });
  const isBound = async (): Promise<boolean> => (await world.child.call("binds", undefined)) > 0;
  await waitFor("the cell has found the carrier", isBound, COME_LIMIT_MS);
  const { loadAverage } = describeMachine();
  const costsOf = measure([...(await system.watched()), world.watched]);
  const began = await world.child.call("totals", undefined);
  const lines = new Set<number>();
  const isDrained = async (): Promise<boolean> => {
    const { receipted } = await world.child.call("totals", undefined);
    const percent = Math.min(100, Math.floor((receipted * STEPS) / count) * (100 / STEPS));
    if (!lines.has(percent)) console.log(`  drained ${percent} %: ${receipted} messages`);
    lines.add(percent);
    return receipted >= count;
  };
  await waitFor(`${count} messages are drained`, isDrained, STALL_MS + count);
  const ended = await world.child.call("totals", undefined);
  const taken = ended.receipted - began.receipted;
  const costs = costsOf(taken);
  const seen = await world.child.call("finish", { accepted: Math.min(count, ended.receipted) });
  const row = {
    drained: taken,
    "messages/s": Math.round((taken * 1_000) / (ended.atMs - began.atMs)),
    "machine's load": loadAverage,
    "of the first": seen.submitted,
    "submitted twice": seen.duplicateSubmits,
    ...costColumns(costs),
    ...(await sizeRow(system)),
  };
  printTable(`the carrier is there: the first ${count}; CPU µs a message`, [row]);
  await results.add({ what: "queue, drained", figures: row });
}

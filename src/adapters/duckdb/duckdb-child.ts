/**
 * The process that has DuckDB: it writes files of events, and answers questions about them. It is
 * given neither secrets nor settings, and whatever goes wrong in native code ends here.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, setPriority } from "node:os";
import { dirname } from "node:path";
import type { EventRow } from "../../platform/event-files/index.ts";
import { answerQuestion } from "./answer-question.ts";
import { UNFINISHED } from "./file-names.ts";
import { quote, withDatabase, fillTable } from "./database.ts";
import type { Command, MergeCommand, Reply, RowsMessage, WriteCommand } from "./protocol.ts";

/** Beyond this the process ends itself: DuckDB's own limit does not count what single values take. */
const MAX_RSS_OCTETS = 1_536 * 1024 * 1024;
const WATCH_MS = 50;
const FORMAT = "(format parquet, compression zstd)";

/** Who started this process. */
const STARTER = process.ppid;

let rows: EventRow[] = [];

process.on("disconnect", end);
process.on("message", (message: RowsMessage | Command) => {
  if (message.op === "rows") {
    for (const row of parse(message)) rows.push(row);
    return;
  }
  const taken = rows;
  rows = [];
  void carryOut(message, taken)
    .catch((error: unknown): Reply => ({ kind: "failed", reason: String(error) }))
    .then((reply) => process.send?.(reply));
});

setInterval(() => {
  if (process.memoryUsage.rss() > MAX_RSS_OCTETS) end();
}, WATCH_MS);
preferToDie();
giveWay();
process.send?.({ kind: "ready" });

/** No line end stands within a row: JSON escapes those of texts. */
function parse(message: RowsMessage): EventRow[] {
  const lines = Buffer.from(message.rows).toString("utf8").trimEnd().replaceAll("\n", ",");
  return JSON.parse(`[${lines}]`) as EventRow[];
}

/** At once: an ordinary exit would wait for what DuckDB computes. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}

/** What it does is in no hurry, and the cell that it is for may have only as many cores as it needs itself. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Only where the system lets it.
  }
}

/** Where memory is short, the kernel is to end this process and not the cell. */
function preferToDie(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Only on Linux.
  }
}

function carryOut(command: Command, given: readonly EventRow[]): Promise<Reply> {
  if (command.op === "ask") return answerQuestion(command, given);
  return command.op === "write" ? writeRows(command, given) : mergeFiles(command);
}

function writeRows({ columns, path }: WriteCommand, given: readonly EventRow[]): Promise<Reply> {
  return withDatabase(async (connection) => {
    await fillTable(connection, { name: "batch", columns, rows: given });
    return finish(path, (unfinished) => connection.run(`copy batch to ${quote(unfinished)} ${FORMAT}`));
  });
}

function mergeFiles({ sources, path }: MergeCommand): Promise<Reply> {
  const list = sources.map((source) => quote(source)).join(", ");
  return withDatabase((connection) =>
    finish(path, (unfinished) =>
      connection.run(`copy (select * from read_parquet([${list}])) to ${quote(unfinished)} ${FORMAT}`),
    ),
  );
}

/** Has a file written under another name, and gives it its own when all of it is on the disk. */
async function finish(path: string, write: (unfinished: string) => Promise<unknown>): Promise<Reply> {
  const unfinished = `${path}${UNFINISHED}`;
  const folder = dirname(path);
  const isNew = !existsSync(folder);
  mkdirSync(folder, { recursive: true });
  try {
    await write(unfinished);
    sync(unfinished);
    // Whoever goes on after the one that was killed has looked by then which files there are.
    if (process.ppid !== STARTER) end();
    renameSync(unfinished, path);
    sync(folder);
    if (isNew) sync(dirname(folder));
    return { kind: "written", octets: statSync(path).size };
  } catch (error) {
    if (existsSync(unfinished)) unlinkSync(unfinished);
    throw error;
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

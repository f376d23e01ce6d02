/** A batch is this long about, so that other work is done after a millisecond or so. */
const BATCH_CHARACTERS = 128 * 1_024;

/** The lines of a table's snapshot in batches, for tables whose lines may be long. */
export function* snapshotBatches(lines: Iterable<string>): IterableIterator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const line of lines) {
    batch.push(line);
    characters += line.length;
    if (characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  yield batch;
}

/** The process that the ledger's test kills: goes on with operations, and prints the last one that is durable. */
import { writeSync } from "node:fs";
import { seededRandom } from "../kit/seeded-random.ts";
import { TornFolderDisk } from "./ledger-disks.ts";
import { LedgerWorld } from "./ledger-world.ts";

const [folder = "", seed = "1"] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const disk = new TornFolderDisk(random, folder);
const world = new LedgerWorld({ random, disk, onAcknowledged: (seq) => writeSync(1, `${seq}\n`) });
await world.open();
await world.runOn();

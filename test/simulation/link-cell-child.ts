/** A cell of links in a process of its own, to be killed. Arguments: folder, database. Says its port. */
import { openLinkCell } from "../kit/link-cell.ts";

const [folder = "", databaseUrl = ""] = process.argv.slice(2);
const { port } = await openLinkCell({ folder, databaseUrl, durability: "sync" });
process.stdout.write(`${port}\n`);
// Whoever started it is gone: nobody would end it.
process.stdin.on("end", () => process.exit()).resume();

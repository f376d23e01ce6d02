/** A gossip member as a process: settings as JSON in its argument, commands and answers as lines of JSON. */
import { createInterface } from "node:readline";
import { systemClock, systemDatagrams } from "../../src/adapters/system/index.ts";
import { GossipNode } from "../../src/platform/gossip/index.ts";
import { silentLogger } from "./silent-logger.ts";

/** What a member is told at its start. */
export interface GossipProcessSettings {
  readonly id: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly seed: { readonly host: string; readonly port: number };
}

/** What a member writes on a line whenever it is asked, and once when it has started. */
export interface GossipProcessReport {
  readonly members: Readonly<Record<string, string>>;
  /** The value of the key `k` by member. */
  readonly values: Readonly<Record<string, string>>;
}

const settings = JSON.parse(process.argv[2] ?? "") as GossipProcessSettings;
const { id, region, host, port, seed } = settings;
const node = new GossipNode(
  { id, role: "edge", region, listen: { host, port }, keys: [new Uint8Array(32).fill(1)], seeds: [seed] },
  { clock: systemClock, datagrams: systemDatagrams, logger: silentLogger },
);

function report(): void {
  const members = Object.fromEntries(node.members().map((member) => [member.id, member.status]));
  const values = Object.fromEntries(node.entries("k").map(({ member, value }) => [member.id, value]));
  process.stdout.write(`${JSON.stringify({ members, values } satisfies GossipProcessReport)}\n`);
}

await node.start();
report();
/** A line is what the key `k` shall be from now on; an empty one only asks. The member ends with its input. */
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "") node.set("k", line);
  report();
}
await node.stop();

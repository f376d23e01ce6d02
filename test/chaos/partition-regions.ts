import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AccountLoad } from "./account-load.ts";
import { ChaosWorld } from "./chaos-world.ts";
import { hasOwnNetwork, setPacketRules, withoutOwnNetwork } from "./own-network.ts";
import type { Scenario } from "./scenario.ts";

const PARTITION_SECONDS = 25;
/** Requests a second of every account; the others stay well below. */
const LIMIT = 40;
/** What the greedy account asks of each of the two edges. */
const GREEDY_PER_SECOND = 40;
/** Of the limit, on average. */
const MOST_ADMITTED = 1.05;

export const partitionRegions: Scenario = {
  name: "partition-regions",
  summary: `no gossip between two regions for ${PARTITION_SECONDS} s, with an account that asks for twice its limit`,
  promise:
    "every edge goes on with what it knows; the account is admitted at most 105 % of its limit over both regions, " +
    "before and meanwhile",
  unable: () =>
    hasOwnNetwork()
      ? undefined
      : `dropping packets needs a network of one's own: ${withoutOwnNetwork() ?? "not tried"}`,
  run: (run) => {
    const config = { limits: { tiers: [{ tier: "smb", requestsPerSecond: LIMIT }] } };
    const options = { cells: "messaging=2", regions: "us1,ie1", config, accountsPerCell: 2 };
    return ChaosWorld.with(run, options, async (world) => {
      const [greedy] = world.accountsOf("messaging-2");
      if (greedy === undefined) throw new Error("there is an account in messaging-2");
      const ports = await gossipPorts(world.fleet.dataFolder);
      const loads: AccountLoad[] = ["us1", "ie1"].map((edge) => world.send(greedy, edge, GREEDY_PER_SECOND));
      const others = world.accounts.filter((account) => account !== greedy);
      const modest = others.flatMap((account) =>
        ["us1", "ie1"].map((edge) => world.send(account, edge, run.perSecond / 3)),
      );
      await world.begin();
      const admitted = async (name: "before" | "during" | "after", seconds: number): Promise<void> => {
        const before = count(loads);
        const startMs = performance.now();
        await world.during(name, () => world.wait(seconds));
        const share = (count(loads) - before) / (LIMIT * ((performance.now() - startMs) / 1_000));
        world.findings.push(`${name}: ${Math.round(share * 100)} % of its limit admitted.`);
        world.require(share <= MOST_ADMITTED, `${Math.round(share * 100)} % of a limit admitted ${name}`);
      };
      await admitted("before", 15);
      run.tell("cutting the regions apart");
      setPacketRules(rulesBetween(ports.us1, ports.ie1));
      try {
        await admitted("during", PARTITION_SECONDS);
        const health = await healthOf(world, "messaging-2");
        world.findings.push(`At its end the control plane, in us1, held the cell of ie1 to be ${health}.`);
        world.require(health !== "up", "the partition was not felt");
      } finally {
        setPacketRules("delete table inet chaos\n");
      }
      await admitted("after", 10);
      const groups = [
        { name: "that asks too much", loads, isSpared: false },
        { name: "all others", loads: modest, isSpared: true },
      ];
      return world.judge(groups, { refusals: ["429/20429"] });
    });
  },
};

async function healthOf(world: ChaosWorld, cell: string): Promise<string | undefined> {
  const { json } = await world.fleet.ask("GET", "/trunkline/v1/Fleet");
  const { cells } = json as { cells: readonly { name: string; health: string }[] };
  return cells.find(({ name }) => name === cell)?.health;
}

function count(loads: readonly AccountLoad[]): number {
  return loads.flatMap(({ samples }) => samples).filter(({ sid }) => sid !== undefined).length;
}

/** The UDP ports of each region's processes. */
async function gossipPorts(dataFolder: string): Promise<{ us1: number[]; ie1: number[] }> {
  const file = JSON.parse(await readFile(join(dataFolder, "fleet.json"), "utf8")) as {
    cells: readonly { name: string; region: string }[];
    ports: Readonly<Record<string, { gossipPort: number }>>;
  };
  const abroad = new Set(["edge-ie1", ...file.cells.filter(({ region }) => region === "ie1").map(({ name }) => name)]);
  const entries = Object.entries(file.ports);
  const ports = (isAbroad: boolean): number[] =>
    entries.filter(([name]) => abroad.has(name) === isAbroad).map(([, { gossipPort }]) => gossipPort);
  return { us1: ports(false), ie1: ports(true) };
}

function rulesBetween(left: readonly number[], right: readonly number[]): string {
  const drop = (from: readonly number[], to: readonly number[]): string =>
    `    udp sport { ${from.join(", ")} } udp dport { ${to.join(", ")} } drop`;
  return [
    "table inet chaos {",
    "  chain output {",
    "    type filter hook output priority 0",
    drop(left, right),
    drop(right, left),
    "  }",
    "}",
    "",
  ].join("\n");
}

/** What an operator asks of a single message: why this carrier, how often, at what cost. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ShownDelivery } from "../../src/entry/delivery-text.ts";
import { runTrunkline } from "../kit/command-line.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";

/** ESME_RSYSERR: later, by the same carrier. */
const SYSTEM_ERROR = 8;

const TABLE = {
  format: "trunkline-routes/1",
  currency: "USD",
  carriers: [{ name: "simulator" }],
  networks: [
    { code: "310260", country: "US", prefixes: ["1206"] },
    { code: "310410", country: "US", prefixes: [] },
  ],
  routes: [{ carrier: "simulator", countries: ["US"], priceMicros: 4_200 }],
};

describe("why", () => {
  let system: SystemProcess;
  before(async () => {
    const portedNumbers = join(temporaryFolder("ported"), "ported.csv");
    await writeFile(portedNumbers, "number,network\n+12065550001,310410\n");
    system = await startSystemProcess({ config: { routing: { portedNumbers } } });
  });
  after(() => system.stop());

  const trunkline = (...args: string[]) => runTrunkline(args, { env: { TRUNKLINE_DATA: system.dataFolder } });

  const misbehave = async (faults: object): Promise<void> => {
    const response = await fetch(`${system.baseUrl}/simulator/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(faults),
    });
    assert.equal(response.status, 200, await response.text());
  };

  const ask = async (sid: string): Promise<ShownDelivery> => {
    const { code, stdout, stderr } = await trunkline("why", sid, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as ShownDelivery;
  };

  const send = async (body: string): Promise<string> => {
    const { code, stdout, stderr } = await trunkline("send", "--to", "+12065551234", "--body", body, "--json");
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { sid: string }).sid;
  };

  it("tells of each attempt, its price and the ranking by which it went", async () => {
    const file = join(temporaryFolder("why"), "table.json");
    await writeFile(file, JSON.stringify(TABLE));
    const published = await trunkline("routes", "publish", file, "--reason", "a price");
    assert.equal(published.code, 0, published.stderr);
    await misbehave({ errors: [{ status: SYSTEM_ERROR, share: 1 }] });
    const sid = await send("x".repeat(170));
    await waitFor("a refusal", async () => (await ask(sid)).attempts.some(({ outcome }) => outcome === "refused"));
    await misbehave({ errors: [] });
    const delivery = await waitFor("its delivery", async () => {
      const now = await ask(sid);
      return now.status === "delivered" && now;
    });
    const [first, last] = [delivery.attempts[0], delivery.attempts.at(-1)];
    assert.deepEqual([first?.verdict, first?.parts_accepted, first?.carrier_status], ["later", 0, "ESME_RSYSERR"]);
    assert.deepEqual([last?.outcome, last?.parts, last?.parts_accepted], ["accepted", 2, 2]);
    assert.equal(last?.routing_table_version, 1);
    const { code, stdout, stderr } = await trunkline("why", sid);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\n {2}status {3}delivered\n {2}lane {5}transactional\n/);
    assert.match(stdout, /\nTried \d+ times\n/);
    assert.match(stdout, / refused \(later\) {2}ESME_RSYSERR +0\.0042 {2}1\/\d+\n/);
    assert.match(stdout, / accepted +0\.0042 {2}1\/\d+\n/);
    assert.match(stdout, /\n {3}2 {2}delivered {2}simulator {2}\S+\n/);
    assert.match(stdout, /\nCost, of the parts that carriers took: 0\.0084 USD\n/);
    assert.match(stdout, /\nWhy simulator:\ntable 1, health \d+; US/);
    assert.match(stdout, /1 {2}simulator {2}usable {2}country +\d+ +0\.0042 USD/);
  });

  it("is asked before anything is sent too, and knows which numbers were ported", async () => {
    assert.match(system.stderr() + system.stdout(), /Ported numbers \(1\) ready in /);
    const explain = async (to: string) => (await trunkline("routes", "explain", "--to", to)).stdout;
    assert.match(await explain("+12065550001"), /^table 1, health \d+; US, network 310410, ported\n/);
    assert.match(await explain("+12065550002"), /^table 1, health \d+; US, network 310260\n/);
  });

  it("says that there is no such message, and what a SID looks like", async () => {
    const unknown = await trunkline("why", `SM${"0".repeat(32)}`);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^trunkline: refused with 404 \(error 20404\): /);
    const wrong = await trunkline("why", "12");
    assert.equal(wrong.code, 64);
    assert.match(wrong.stderr, /a message's SID is SM or MM and 32 hexadecimal digits, got “12”/);
  });
});

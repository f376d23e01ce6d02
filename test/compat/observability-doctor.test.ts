/** `trunkline doctor` against running systems in which things are broken: it finds them, and says how to mend them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Finding } from "../../src/entry/doctor/finding.ts";
import { runTrunkline } from "../kit/command-line.ts";
import { startFleetProcess, type FleetProcess } from "../kit/running-fleet.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CustomerServer } from "./customer-server.ts";

interface Diagnosis {
  readonly code: number | null;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

async function diagnose(dataFolder: string): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runTrunkline(["doctor", "--data", dataFolder, "--json"]);
  assert.ok(stdout.startsWith("{"), stderr);
  return { code, ...(JSON.parse(stdout) as Omit<Diagnosis, "code">) };
}

function finding({ findings }: Diagnosis, name: RegExp): Finding {
  const found = findings.find((each) => name.test(each.name));
  assert.ok(found !== undefined, `no ${name} among ${findings.map((each) => each.name).join(", ")}`);
  return found;
}

describe("the doctor beside one process", () => {
  let system: SystemProcess;
  let customer: CustomerServer;

  before(async () => {
    customer = await CustomerServer.start();
    system = await startSystemProcess();
  });

  after(async () => {
    await Promise.all([system?.stop(), customer?.stop()]);
  });

  it("finds nothing wrong with a system that is well", async () => {
    const diagnosis = await diagnose(system.dataFolder);
    const wrong = diagnosis.findings.filter(({ verdict }) => verdict === "wrong");
    assert.deepEqual([diagnosis.code, wrong], [0, []]);
    for (const name of [/: log$/, /: disk of data$/, /: carrier simulator$/, /: projection$/, /: memory$/]) {
      assert.equal(finding(diagnosis, name).verdict, "good");
    }
    assert.equal(finding(diagnosis, /: clock of its database$/).verdict, "good");
  });

  it("names the host whose webhooks fail, the account without money, and says what to do", async () => {
    const { accountSid, authToken, baseUrl, from } = system;
    const ask = async (path: string, form: Readonly<Record<string, string>>): Promise<void> => {
      const response = await fetch(`${baseUrl}${path}`, {
        method: "POST",
        headers: { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
        body: new URLSearchParams(form),
      });
      assert.ok(response.ok, `${path}: ${await response.text()}`);
    };
    const StatusCallback = customer.on("/broken", { status: 500 });
    for (const last of [1, 2]) {
      await ask(`/2010-04-01/Accounts/${accountSid}/Messages.json`, {
        To: `+1555147000${last}`,
        From: from,
        Body: "x",
        StatusCallback,
      });
    }
    await waitFor("webhooks that fail", () => customer.requestsTo("/broken").length >= 6);
    await ask(`/trunkline/v1/Ledger/Accounts/${accountSid}/Wallet`, { Mode: "prepaid" });
    const diagnosis = await diagnose(system.dataFolder);
    const host = finding(diagnosis, /webhooks to 127\.0\.0\.1/);
    assert.match(host.detail, /^failed \d+ times in a row, with 11200: /);
    const money = finding(diagnosis, /: money$/);
    assert.match(money.detail, new RegExp(`1 prepaid account has nothing left and cannot send: ${accountSid}`));
    assert.match(money.fix ?? "", /Credits/);
    assert.equal(diagnosis.code, 0, "what is doubtful does not fail");
  });
});

describe("the doctor beside a system whose carriers are away", () => {
  let system: SystemProcess;

  before(async () => {
    const carriers = [{ name: "north", type: "smpp", url: "smpp://user:secret99@127.0.0.1:9", bind: "transceiver" }];
    system = await startSystemProcess({ config: { carriers } });
  });

  after(() => system?.stop());

  it("says first that nothing goes out, then which carrier it is and why, and fails", async () => {
    const diagnosis = await diagnose(system.dataFolder);
    assert.deepEqual([diagnosis.code, diagnosis.ok], [1, false]);
    const carrier = finding(diagnosis, /: carrier north$/);
    assert.equal(carrier.verdict, "wrong");
    assert.match(carrier.detail, /^is not bound/);
    const names = diagnosis.findings.map(({ name }) => name);
    assert.ok(
      names.findIndex((name) => name.endsWith(": carriers")) <
        names.findIndex((name) => name.endsWith(": carrier north")),
    );
    const verdicts = diagnosis.findings.map(({ verdict }) => verdict);
    assert.deepEqual(
      verdicts,
      verdicts.toSorted((a, b) => rank(a) - rank(b)),
      "what is wrong comes first",
    );
    assert.ok(!JSON.stringify(diagnosis).includes("secret99"));
  });
});

describe("the doctor beside a fleet", () => {
  let fleet: FleetProcess;

  before(async () => {
    fleet = await startFleetProcess({ cells: "messaging=2" });
  });

  after(() => fleet?.stop());

  it("asks every cell, by way of an edge", async () => {
    const cells = ["messaging-1", "messaging-2"];
    // An edge that has just started may not have heard of each of them yet, nor they of each other.
    const diagnosis = await waitFor("both cells", async () => {
      const now = await diagnose(fleet.dataFolder);
      const detailOf = (wanted: string) => now.findings.find(({ name }) => name === wanted)?.detail ?? "";
      return cells.every((cell) => /^hears [2-9] others$/.test(detailOf(`${cell}: gossip`))) && now;
    });
    for (const cell of cells) assert.equal(finding(diagnosis, new RegExp(`^${cell}: log$`)).verdict, "good");
    const wrong = diagnosis.findings.filter(({ verdict }) => verdict === "wrong");
    assert.deepEqual([diagnosis.code, wrong], [0, []]);
  });
});

function rank(verdict: Finding["verdict"]): number {
  return ["wrong", "doubtful", "good"].indexOf(verdict);
}

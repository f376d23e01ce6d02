/** What is in deploy/ holds: Prometheus takes the rules, the rules do what they say, and every metric that is named is there. */
import assert from "node:assert/strict";
import { execFile, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { freePorts, missingPrograms, startProgram, stopProgram } from "../kit/programs.ts";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { findRoot } from "../tidy/tree.ts";

const run = promisify(execFile);
const root = findRoot(import.meta.dirname);
const prometheusFolder = join(root, "deploy/prometheus");
const rulesFolder = join(prometheusFolder, "rules");
const grafanaFolder = join(root, "deploy/grafana");
const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends prometheus";
const skip = missingPrograms(["prometheus", "promtool"], INSTALL) ?? false;

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const ruleFiles = readdirSync(rulesFolder).filter((name) => name.endsWith(".yml"));
const rules = ruleFiles.flatMap((name) => {
  const { groups } = parse(readFileSync(join(rulesFolder, name), "utf8")) as {
    groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap((group) => group.rules);
});
const dashboardFiles = readdirSync(grafanaFolder).filter((name) => name.endsWith(".json"));
const dashboards = dashboardFiles.map((name) => {
  return JSON.parse(readFileSync(join(grafanaFolder, name), "utf8")) as Dashboard;
});
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))),
];

/** Names of metrics as they stand in expressions, without what histograms add to them. */
function metricsIn(expression: string): string[] {
  const plain = expression.replaceAll(/"[^"]*"/g, '""').replaceAll(/by \([^)]*\)/g, "");
  return [...plain.matchAll(/(?<![\w:])trunkline_[a-z0-9_]+(?![\w:])/g)].map(([name]) => name);
}

describe("the rules for Prometheus", () => {
  it("are taken by promtool, and do what their tests say", { skip }, async () => {
    const files = ruleFiles.map((name) => join(rulesFolder, name));
    await run("promtool", ["check", "rules", ...files]);
    await run("promtool", ["check", "config", join(prometheusFolder, "prometheus.yml")]);
    const tests = readdirSync(join(prometheusFolder, "tests")).map((name) => join(prometheusFolder, "tests", name));
    await run("promtool", ["test", "rules", ...tests]);
  });

  it("name metrics that there are, and so do the dashboards", () => {
    const page = readFileSync(join(root, "docs/generated/metrics.md"), "utf8");
    const known = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    const unknown = expressions.flatMap((expression) => {
      const metrics = metricsIn(expression).filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, "")));
      const records = [...expression.matchAll(/[a-z]+:trunkline_\w+:\w+|(?<![\w:])trunkline_\w+:\w+/g)];
      const missing = records.map(([name]) => name).filter((name) => !recorded.has(name));
      return [...metrics.filter((name) => !known.has(name) && !recorded.has(name)), ...missing];
    });
    assert.deepEqual([...new Set(unknown)], []);
  });

  it("say what happened, how bad it is, and have a section in the runbooks", () => {
    const runbooks = readFileSync(join(root, "docs/runbooks.md"), "utf8");
    const headings = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name = ""]) => name);
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    assert.deepEqual(alerts.map(({ alert = "" }) => alert).toSorted(), headings.toSorted());
    for (const { alert = "", labels, annotations } of alerts) {
      assert.ok(["page", "ticket"].includes(labels?.["severity"] ?? ""), `${alert} has no severity`);
      assert.ok((annotations?.["summary"] ?? "") !== "" && (annotations?.["description"] ?? "") !== "", alert);
      assert.equal(annotations?.["runbook_url"], `docs/runbooks.md#${alert.toLowerCase()}`);
    }
  });
});

describe("the dashboards for Grafana", () => {
  it("are what dashboards.js makes", async () => {
    const { dashboards: make } = (await import(pathToFileURL(join(grafanaFolder, "dashboards.js")).href)) as {
      dashboards: () => ReadonlyMap<string, string>;
    };
    const made = make();
    assert.deepEqual(dashboardFiles.toSorted(), [...made.keys()].toSorted());
    for (const [at, name] of dashboardFiles.entries()) {
      assert.deepEqual(dashboards[at], JSON.parse(made.get(name) ?? ""), `run node deploy/grafana/dashboards.js`);
    }
  });

  it("can be imported: each has its uid, and panels that do not lie on each other", () => {
    assert.equal(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length);
    for (const { uid, title, schemaVersion, panels, templating } of dashboards) {
      assert.ok(/^[a-z-]{1,40}$/.test(uid) && title !== "" && schemaVersion >= 36, uid);
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, `ids of ${uid}`);
      const names = templating.list.map(({ name }) => name);
      assert.deepEqual(names.slice(0, 3), ["datasource", "region", "node"]);
      const taken = new Set<string>();
      for (const { type, gridPos, targets = [], datasource } of panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, uid);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
            assert.ok(!taken.has(`${x},${y}`), `panels of ${uid} lie on each other`);
            taken.add(`${x},${y}`);
          }
        }
        if (type !== "row") assert.equal(datasource?.uid, "${datasource}");
        for (const { expr } of targets) {
          for (const [, used = ""] of expr.matchAll(/\$([a-z]+)/g))
            assert.ok(names.includes(used), `$${used} in ${uid}`);
        }
      }
    }
  });
});

describe("Prometheus beside a running system", { skip }, () => {
  let system: SystemProcess;
  let prometheus: ChildProcess | undefined;
  let url = "";

  before(async () => {
    const [started, [port = 0]] = await Promise.all([startSystemProcess(), freePorts(1)]);
    system = started;
    url = `http://127.0.0.1:${port}`;
    const folder = temporaryFolder("prometheus");
    const config = parse(readFileSync(join(prometheusFolder, "prometheus.yml"), "utf8")) as Record<string, unknown>;
    const scrape = {
      job_name: "trunkline",
      static_configs: [{ targets: [new URL(system.baseUrl).host], labels: { node: "messaging-1", region: "us1" } }],
    };
    const global = { scrape_interval: "1s", evaluation_interval: "1s" };
    const file = { ...config, global, rule_files: [join(rulesFolder, "*.yml")], scrape_configs: [scrape] };
    await writeFile(join(folder, "prometheus.yml"), stringify(file));
    const args = [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
    ];
    prometheus = startProgram("prometheus", args, folder);
    await send(system);
  });

  after(async () => {
    if (prometheus !== undefined) await stopProgram(prometheus);
    await system?.stop();
  });

  const ask = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: unknown; error?: string };
    assert.equal(status, "success", `${path}: ${error}`);
    return data as Record<string, unknown>;
  };

  it("reaches it, and every rule is evaluated without an error", async () => {
    await waitFor("Prometheus", () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await waitFor("the target", async () => {
      const { activeTargets } = (await ask("/api/v1/targets")) as {
        activeTargets: readonly { readonly health: string; readonly lastError: string }[];
      };
      assert.ok(
        activeTargets.every(({ lastError }) => lastError === ""),
        activeTargets[0]?.lastError,
      );
      return activeTargets.length === 1 && activeTargets.every(({ health }) => health === "up");
    });
    const evaluated = await waitFor("the rules", async () => {
      const { groups } = (await ask("/api/v1/rules")) as {
        groups: readonly { readonly rules: readonly { name: string; health: string; lastError?: string }[] }[];
      };
      const all = groups.flatMap((group) => group.rules);
      return all.length === rules.length && all.every(({ health }) => health !== "unknown") && all;
    });
    assert.deepEqual(
      evaluated.filter(({ health }) => health !== "ok"),
      [],
    );
  });

  it("has no alert for a system that is well", async () => {
    const { alerts } = (await ask("/api/v1/alerts")) as {
      alerts: readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[];
    };
    const firing = alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels["alertname"]);
    assert.deepEqual(firing, []);
  });

  it("understands every query of the dashboards, and finds what they are about", async () => {
    const queries = dashboards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
    for (const { expr } of queries) {
      const query = expr.replaceAll("$__rate_interval", "30s").replaceAll(/\$[a-z]+/g, ".*");
      await ask(`/api/v1/query?query=${encodeURIComponent(query)}`);
    }
    const delivered = 'sum(trunkline_message_outcomes_total{status="delivered",node="messaging-1",region="us1"})';
    await waitFor("the message in Prometheus", async () => {
      const { result } = (await ask(`/api/v1/query?query=${encodeURIComponent(delivered)}`)) as {
        result: readonly { readonly value: readonly [number, string] }[];
      };
      return result[0]?.value[1] === "1";
    });
  });
});

async function send({ baseUrl, accountSid, authToken, from }: SystemProcess): Promise<void> {
  const response = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ To: "+15551450001", From: from, Body: "Hello" }),
  });
  assert.equal(response.status, 201, await response.text());
}

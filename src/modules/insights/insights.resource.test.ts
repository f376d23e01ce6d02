import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { INSIGHT_OPERATOR, insightsAlone } from "../../../test/kit/insight-cell.ts";
import { accountOf, messageFacts } from "../../../test/kit/message-facts.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { FLEET_SIGNATURE_HEADER, FleetKey } from "../../platform/fleet/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { CellRecord } from "../../platform/cell/index.ts";
import type { LiveSource } from "../../platform/live/index.ts";
import type { InsightsModule } from "./index.ts";

const NOW = Date.UTC(2026, 5, 1, 12, 0, 5);
const HOUR = 3_600_000;
const MINE = accountOf(0);
const PATH = "/trunkline/v1/Insights";
const clock = { ...systemClock, nowMs: () => NOW };

const anybody: Authenticator = {
  authenticate: ({ username, password }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      ...(password === "x"
        ? ({ credential: "token" } as const)
        : ({ credential: "key", keyKind: "standard" } as const)),
      canAccess: (other) => Promise.resolve(username === other),
    }),
};

function served(): {
  get(path: string, username?: string, password?: string): Promise<{ status: number; json: Answer }>;
  post(body: string, signature: string): Promise<number>;
  readonly source: LiveSource;
} {
  const context = { offset: 0, atMs: NOW, effect: () => undefined, emit: () => undefined };
  const insights: InsightsModule = insightsAlone(clock, (record: CellRecord) =>
    Promise.resolve(insights.machine.reducers[record.kind]?.(record, context)),
  );
  for (const { fact, atMs } of messageFacts(500, { seed: 6, accounts: 3, startMs: NOW - HOUR, spanMs: HOUR })) {
    if (atMs <= NOW) insights.machine.listeners?.["message.changed"]?.(fact, { ...context, atMs });
  }
  const minter = new SidMinter(
    () => NOW,
    (octets) => new Uint8Array(octets),
  );
  const { routes, mounts } = insights;
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator: anybody, routes, mounts });
  const [source] = insights.liveSources;
  assert.ok(source);
  return {
    source,
    get: async (path, username = MINE, password = "x") => {
      const url = `http://api.twilio.com${PATH}/${path}`;
      const { status, body } = await server.inject({ method: "GET", url, auth: { username, password } });
      return { status, json: JSON.parse(body) as Answer };
    },
    post: async (body, signature) => {
      const url = "/trunkline/internal/v1/insights/edge-bins";
      const headers = { "Content-Type": "application/json", [FLEET_SIGNATURE_HEADER]: signature };
      return (await server.inject({ method: "POST", url, headers, body })).status;
    },
  };
}

interface Answer {
  readonly code: number;
  readonly cell: string;
  readonly points: number;
  readonly step: number;
  readonly start: string;
  readonly groups: readonly { readonly key: readonly (string | null)[]; readonly values: readonly (number | null)[] }[];
  readonly objectives: readonly { readonly name: string; readonly of: number }[];
  readonly within_5s: { readonly of: number };
  readonly api?: unknown;
}

const total = ({ groups }: Answer): number =>
  groups.flatMap(({ values }) => values).reduce<number>((sum, value) => sum + (value ?? 0), 0);

describe("the resources of insights", () => {
  it("answer series of the account, and of all for the operator alone", async () => {
    const { get } = served();
    const mine = await get("Series?Metric=messages&By=direction,country&Step=600");
    assert.deepEqual([mine.status, mine.json.cell, mine.json.points, mine.json.step], [200, "messaging-1", 7, 600]);
    assert.equal(mine.json.start, "2026-06-01T11:00:00Z");
    assert.ok(mine.json.groups.every(({ key }) => key.length === 2));
    const sums = await Promise.all(
      [0, 1, 2].map(async (number) => total((await get("Series?Metric=messages", accountOf(number))).json)),
    );
    const all = await get("Series?Metric=messages&Scope=all", INSIGHT_OPERATOR);
    assert.equal(
      total(all.json),
      sums.reduce((a, b) => a + b),
    );
    assert.ok(sums.every((sum) => sum > 0));
    const others = await get(`Series?Metric=messages&Account=${accountOf(1)}`);
    assert.equal(total(others.json), 0, "a filter shows nothing of others");
    for (const path of [
      "Series?Metric=messages&Scope=all",
      "Series?Metric=api_requests",
      "Series?Metric=messages&By=carrier",
      "Series?Metric=messages&Carrier=north",
      "Summary?Scope=all",
      "Slo?Scope=all",
    ]) {
      assert.equal((await get(path)).status, 403, path);
    }
    for (const path of [
      "Series",
      "Series?Metric=x",
      "Series?Metric=messages&By=x",
      "Series?Metric=messages&Step=15",
      "Series?Metric=messages&Start=2020-01-01&Step=10",
    ]) {
      assert.equal((await get(path)).status, 400, path);
    }
  });

  it("name carriers to the operator alone, also where they are watched", async () => {
    const { get, source } = served();
    const path = "Series?Metric=messages&By=carrier&Scope=all";
    assert.equal((await get(path, INSIGHT_OPERATOR)).status, 200);
    const ask = (query: object, accountSid: string, everything: boolean): unknown =>
      source.ask({ query, cursor: undefined, scope: { accountSid, everything }, limit: 10 }).items[0];
    for (const query of [{ by: ["carrier"] }, { filter: { carrier: ["north"] } }]) {
      const asked = { metric: "messages", ...query };
      assert.throws(() => ask(asked, MINE, false), /Only the operator sees carriers/);
      assert.ok(ask(asked, INSIGHT_OPERATOR, false));
      assert.ok(ask(asked, INSIGHT_OPERATOR, true));
    }
    assert.ok(ask({ metric: "messages", by: ["country"] }, MINE, false));
  });

  it("show an ordinary key of the operator what is of his account alone", async () => {
    const { get } = served();
    for (const path of ["Series?Metric=messages&Scope=all", "Summary?Scope=all", "Slo?Scope=all"]) {
      assert.equal((await get(path, INSIGHT_OPERATOR, "key")).status, 403, path);
    }
    assert.equal((await get("Summary", INSIGHT_OPERATOR, "key")).status, 200);
  });

  it("choose a step for any range", async () => {
    const { get } = served();
    for (const [start, step] of [
      ["2026-06-01T11:30:00Z", 10],
      ["2026-06-01T06:00:00Z", 60],
      ["2026-05-31T12:00:00Z", 300],
      ["2026-05-20", 3_600],
      ["2025-06-01", 86_400],
    ] as const) {
      const { status, json } = await get(`Series?Metric=within_5s&Start=${start}`);
      assert.deepEqual([status, json.step], [200, step], start);
    }
  });

  it("answer the summary and the service levels", async () => {
    const { get } = served();
    const { json: summary } = await get("Summary");
    assert.ok(summary.within_5s.of > 0 && summary.api === undefined);
    assert.notEqual((await get("Summary?Scope=all", INSIGHT_OPERATOR)).json.api, undefined);
    assert.deepEqual(
      (await get("Slo")).json.objectives.map(({ name }) => name),
      ["delivery"],
    );
    const { json } = await get("Slo?Scope=all", INSIGHT_OPERATOR);
    assert.deepEqual(
      json.objectives.map(({ name }) => name),
      ["delivery", "api-enterprise", "api-mid-market", "api-smb"],
    );
  });

  it("take counts of edges that are signed, and no others", async () => {
    const { get, post } = served();
    const bins = [{ startMs: NOW - 5_000 - 20_000, counts: [["smb", "read", "2xx", 7]] }];
    const body = JSON.stringify({ edge: "edge-1", life: "a", bins });
    const key = new FleetKey(new Uint8Array(32).fill(5));
    const signature = key.sign({ method: "POST", target: "/trunkline/internal/v1/insights/edge-bins", body }, NOW);
    assert.deepEqual(
      [await post(body, signature), await post(body, signature), await post(body, "t=1,s=2")],
      [200, 200, 403],
    );
    const { json } = await get("Series?Metric=api_requests&By=tier,class&Scope=all", INSIGHT_OPERATOR);
    assert.deepEqual([json.groups.map(({ key: names }) => names), total(json)], [[["smb", "read"]], 7]);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCarriers } from "./check-carriers.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkClocks } from "./check-clocks.ts";
import { checkDifferences } from "./check-differences.ts";
import { checkDisks } from "./check-disks.ts";
import { checkGossip } from "./check-gossip.ts";
import { checkLimits } from "./check-limits.ts";
import { checkLog } from "./check-log.ts";
import { checkMoney } from "./check-money.ts";
import { checkProjection } from "./check-projection.ts";
import { checkQueues } from "./check-queues.ts";
import { checkWebhookHosts } from "./check-webhook-hosts.ts";
import { byImportance, doubtful, good, wrong, type Finding, type Verdict } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

const NOW_MS = Date.UTC(2026, 0, 2);
const DAY_MS = 86_400_000;
const GIB = 2 ** 30;

const carrier: HealthReport["carriers"][number] = {
  name: "north",
  up: true,
  usable: true,
  reason: null,
  detail: null,
  breaker: "closed",
  queued: 0,
  submittedMs: NOW_MS - 100,
};

/** A cell with which everything is well. */
const well: HealthReport = {
  name: "messaging-1",
  version: "1.2.3",
  runtime: "v20.20.2",
  config: "abc",
  startedMs: NOW_MS - DAY_MS,
  nowMs: NOW_MS,
  databaseAheadMs: 3,
  databaseProblem: null,
  log: { acceptsWork: true, reason: null, slowestCommitMs: 12 },
  disks: [{ folder: "data", freeOctets: 50 * GIB, allOctets: 100 * GIB, freeInodes: 1e6, allInodes: 2e6 }],
  process: { heapOctets: GIB, heapLimitOctets: 4 * GIB, openFiles: 100, openFilesLimit: 65_536 },
  projection: { lagSeconds: 0.4, waiting: 10 },
  messages: { unknown: 0 },
  carriers: [carrier],
  webhooks: { waiting: 0, failing: [] },
  outOfMoney: { count: 0, accounts: [] },
  certificates: [{ name: "authority", endsMs: NOW_MS + 300 * DAY_MS }],
  hears: 4,
};

const asked = { beforeMs: NOW_MS - 5, afterMs: NOW_MS + 5 };

/** What is wrong or doubtful. */
function troubles(findings: readonly Finding[]): readonly (readonly [Verdict, string])[] {
  return findings
    .filter(({ verdict }) => verdict !== "good")
    .map(({ verdict, name, detail, fix }) => {
      assert.ok((fix ?? "").length > 10, `${name} says what to do`);
      return [verdict, `${name} ${detail}`] as const;
    });
}

function finds(findings: readonly Finding[], verdict: Verdict, words: RegExp): void {
  const found = troubles(findings);
  assert.ok(
    found.some(([is, text]) => is === verdict && words.test(text)),
    `${verdict} ${words} not in ${JSON.stringify(found)}`,
  );
}

describe("what the doctor says of a cell", () => {
  it("is nothing where all is well", () => {
    const checks = [checkLog, checkDisks, checkCarriers, checkQueues, checkProjection, checkLimits, checkGossip];
    const more = [checkCertificates, checkWebhookHosts, checkMoney];
    assert.deepEqual(troubles([...checks, ...more].flatMap((check) => check(well))), []);
    assert.deepEqual(troubles(checkClocks(well, asked)), []);
    assert.deepEqual(troubles(checkDifferences([well, { ...well, name: "messaging-2" }])), []);
  });

  it("names a log that refuses work, with its reason, and one whose disk is slow", () => {
    const log = { acceptsWork: false, reason: "the disk is full", slowestCommitMs: 1 };
    finds(checkLog({ ...well, log }), "wrong", /messaging-1: log refuses new work: the disk is full/);
    finds(checkLog({ ...well, log: { ...well.log, slowestCommitMs: 2_500 } }), "doubtful", /one write took 2\.5 s/);
  });

  it("names a disk without space, and one without inodes", () => {
    const [disk] = well.disks as [HealthReport["disks"][number]];
    const withDisk = (more: Partial<typeof disk>): HealthReport => ({ ...well, disks: [{ ...disk, ...more }] });
    finds(checkDisks(withDisk({ freeOctets: 1_000 })), "wrong", /disk of data only 1000 octets of 100 GiB free/);
    finds(checkDisks(withDisk({ freeOctets: GIB })), "doubtful", /only 1\.0 GiB/);
    finds(checkDisks(withDisk({ freeInodes: 0 })), "wrong", /inodes of data only 0 of/);
    finds(checkDisks(withDisk({ freeInodes: 99 })), "doubtful", /inodes of data only 99/);
    assert.deepEqual(troubles(checkDisks(withDisk({ freeInodes: 0, allInodes: 0 }))), []);
  });

  it("names carriers that are not bound, left alone, or under maintenance, with the last reason", () => {
    const withCarrier = (more: Partial<typeof carrier>): HealthReport => ({
      ...well,
      carriers: [
        { ...carrier, ...more },
        { ...carrier, name: "south" },
      ],
    });
    const unbound = withCarrier({ up: false, usable: false, detail: "ESME_RINVPASWD" });
    finds(checkCarriers(unbound), "wrong", /carrier north is not bound: ESME_RINVPASWD/);
    const broken = withCarrier({ usable: false, breaker: "open", reason: "12 of 20 failed" });
    finds(checkCarriers(broken), "wrong", /north failed too often and is left alone: 12 of 20 failed/);
    finds(checkCarriers(withCarrier({ usable: false, reason: "maintenance" })), "doubtful", /is not used: maintenance/);
    const none = { ...well, carriers: [{ ...carrier, up: false, usable: false }] };
    finds(checkCarriers(none), "wrong", /carriers none can be used/);
    finds(checkCarriers({ ...well, messages: { unknown: 3 } }), "doubtful", /of 3 messages nobody knows/);
  });

  it("names a queue that does not move, but not that of a carrier which is down anyway", () => {
    const still = { ...carrier, queued: 7, submittedMs: NOW_MS - 90_000 };
    finds(checkQueues({ ...well, carriers: [still] }), "wrong", /7 messages wait, and none has left for 90 s/);
    assert.deepEqual(troubles(checkQueues({ ...well, carriers: [{ ...still, usable: false }] })), []);
    finds(checkQueues({ ...well, carriers: [{ ...carrier, queued: 20_000 }] }), "doubtful", /20000 messages wait/);
    const never = { ...carrier, queued: 1, submittedMs: null };
    finds(checkQueues({ ...well, carriers: [never] }), "wrong", /none has left/);
  });

  it("names a database that is behind, away, or at another time", () => {
    const late = { lagSeconds: 130, waiting: 5_000 };
    finds(checkProjection({ ...well, projection: late }), "doubtful", /PostgreSQL is 130 s behind; 5000 changes wait/);
    const full = { lagSeconds: 900, waiting: 1_500_000 };
    finds(checkProjection({ ...well, projection: full }), "wrong", /at 2,000,000 new work is refused/);
    const away = { ...well, databaseAheadMs: null, databaseProblem: "connect ECONNREFUSED" };
    finds(checkClocks(away, asked), "wrong", /database cannot be asked: connect ECONNREFUSED/);
    finds(
      checkClocks({ ...well, databaseAheadMs: -4_000 }, asked),
      "doubtful",
      /clock of its database is 4\.0 s behind/,
    );
  });

  it("names a clock that is apart from ours, but not by the time that the question took", () => {
    finds(checkClocks({ ...well, nowMs: NOW_MS + 60_000 }, asked), "wrong", /clock is 60\.0 s ahead of this machine's/);
    const slow = { beforeMs: NOW_MS - 9_000, afterMs: NOW_MS + 9_000 };
    assert.deepEqual(troubles(checkClocks({ ...well, nowMs: NOW_MS + 8_000 }, slow)), []);
  });

  it("names what runs out: memory, open files", () => {
    const own = well.process;
    const full = { ...own, heapOctets: 3.9 * GIB };
    finds(checkLimits({ ...well, process: full }), "wrong", /memory 3\.9 GiB of 4\.0 GiB of the heap are used/);
    finds(checkLimits({ ...well, process: { ...own, openFilesLimit: 110 } }), "wrong", /100 of 110; soon nobody/);
    finds(
      checkLimits({ ...well, process: { ...own, openFilesLimit: 1_024 } }),
      "doubtful",
      /100 of 1024, which is few/,
    );
  });

  it("names certificates that end, hosts that fail, and accounts that cannot pay", () => {
    const ends = (days: number): HealthReport => ({
      ...well,
      certificates: [{ name: "t.example.com", endsMs: NOW_MS + days * DAY_MS }],
    });
    finds(checkCertificates(ends(9)), "doubtful", /certificate t\.example\.com ends in 9 days/);
    finds(checkCertificates(ends(-1)), "wrong", /has ended/);
    const host = { host: "hooks.example.com", failures: 12, errorCode: 11_205, text: "The connection broke." };
    const failing = { waiting: 3, failing: [host] };
    finds(
      checkWebhookHosts({ ...well, webhooks: failing }),
      "doubtful",
      /webhooks to hooks\.example\.com failed 12 times in a row, with 11205: The connection broke\./,
    );
    const many = { waiting: 3, failing: Array.from({ length: 6 }, () => host) };
    finds(checkWebhookHosts({ ...well, webhooks: many }), "doubtful", /6 hosts fail at once/);
    const poor = { count: 12, accounts: ["ACa", "ACb"] };
    finds(
      checkMoney({ ...well, outOfMoney: poor }),
      "doubtful",
      /12 prepaid accounts have nothing left.*ACa, ACb and 10 more/,
    );
  });

  it("names what differs between processes, and who hears nobody", () => {
    const others = [well, { ...well, name: "messaging-2", version: "1.2.2", config: "def" }];
    finds(checkDifferences(others), "doubtful", /version differs: 1\.2\.3 \(messaging-1\), 1\.2\.2 \(messaging-2\)/);
    finds(checkDifferences(others), "doubtful", /settings differs: abc \(messaging-1\), def/);
    finds(checkGossip({ ...well, hears: 1 }), "wrong", /gossip hears nobody else/);
    assert.deepEqual(checkGossip({ ...well, hears: null }), []);
  });

  it("comes in the order of importance", () => {
    const findings = [
      good("a", ""),
      doubtful("b", "", "x"),
      wrong("c", "", "x"),
      doubtful("d", "", "x"),
      wrong("e", "", "x"),
    ];
    assert.deepEqual(
      byImportance(findings).map(({ name }) => name),
      ["c", "e", "b", "d", "a"],
    );
  });
});

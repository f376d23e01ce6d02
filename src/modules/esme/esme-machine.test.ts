import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ApplyContext, Fact } from "../../platform/cell/index.ts";
import type { Delivery } from "./delivery.ts";
import { esmeMachine } from "./esme-machine.ts";
import { EsmeState } from "./esme-state.ts";
import type { MessageReported, TextReceived } from "./messaging-door.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const ADDRESS = { ton: 1, npi: 1, address: "1" };

/** The machine with few places, what it told, and what it set in motion. */
class Bench {
  readonly state = new EsmeState({ deliveries: 6, perOwner: 4 });
  readonly facts: Fact[] = [];
  readonly queued: string[] = [];
  private readonly machine = esmeMachine(this.state, {
    queued: (delivery: Readonly<Delivery>) => this.queued.push(delivery.id),
    recovered: () => {},
  });
  private readonly context: ApplyContext = {
    offset: 0,
    atMs: 1_000,
    effect: (run) => run(),
    emit: (fact) => this.facts.push(fact),
  };

  hear(fact: Fact): void {
    this.machine.listeners?.[fact.kind]?.(fact, this.context);
  }

  apply(record: { readonly kind: string; readonly [field: string]: unknown }): void {
    this.machine.reducers[record.kind]?.(record, this.context);
  }

  get kinds(): string[] {
    return this.facts.map(({ kind }) => kind);
  }
}

function report(sid: string, more: Partial<MessageReported> = {}, systemId = "one"): MessageReported {
  return {
    kind: "message.reported",
    sid,
    accountSid: ACCOUNT,
    from: "+1",
    to: "+2",
    origin: { kind: "smpp", systemId, receipt: "all", source: ADDRESS, destination: ADDRESS },
    status: "delivered",
    submittedMs: 1,
    doneMs: 2,
    bodyStart: "",
    parts: 1,
    ...more,
  };
}

function text(sid: string, withFallback: boolean): TextReceived {
  const fallback = {
    kind: "webhook.requested",
    id: `${sid}:received`,
    accountSid: ACCOUNT,
    orderKey: sid,
    purpose: "message.inbound",
    resourceSid: sid,
    url: "https://example.org/sms",
    method: "POST",
    params: [],
  } as const;
  const shared = { kind: "message.received", sid, accountSid: ACCOUNT, from: "+2", to: "+1", body: "hi" } as const;
  return { ...shared, encoding: "GSM-7", ...(withFallback ? { fallback } : {}) };
}

describe("the machine of receipts and texts", () => {
  it("keeps each report once, for each id that the client was given", () => {
    const bench = new Bench();
    bench.hear(report("SM1"));
    bench.hear(report("SM1"));
    const origin = { ...report("SM2").origin, partIds: ["SM2-1", "SM2-3"] };
    bench.hear(report("SM2", { origin }));
    assert.deepEqual(bench.queued, ["SM1/SM1:delivered", "SM2/SM2-1:delivered", "SM2/SM2-3:delivered"]);
    bench.apply({ kind: "esme.delivered", ids: ["SM1/SM1:delivered", "unknown"] });
    assert.equal(bench.state.deliveries.size, 2);
    assert.equal(bench.state.owners.get("system:one")?.waiting, 2);
  });

  it("has a maximum for each owner, and says once that it is reached until there is room in earnest", () => {
    const bench = new Bench();
    for (let n = 0; n < 7; n += 1) bench.hear(report(`SM${n}`));
    assert.equal(bench.state.deliveries.size, 4);
    assert.deepEqual(bench.kinds, ["alert.raised"]);
    bench.apply({ kind: "esme.delivered", ids: ["SM0/SM0:delivered"] });
    bench.hear(report("SM7"));
    bench.hear(report("SM8"));
    assert.deepEqual(bench.kinds, ["alert.raised"]);
    bench.apply({ kind: "esme.delivered", ids: ["SM1", "SM2", "SM3"].map((sid) => `${sid}/${sid}:delivered`) });
    for (let n = 10; n < 14; n += 1) bench.hear(report(`SM${n}`));
    assert.deepEqual(bench.kinds, ["alert.raised", "alert.raised"]);
  });

  it("has a maximum for all, beyond which texts go to their webhook", () => {
    const bench = new Bench();
    for (let n = 0; n < 4; n += 1) bench.hear(report(`SM${n}`));
    for (let n = 4; n < 6; n += 1) bench.hear(report(`SM${n}`, {}, "two"));
    bench.hear(text("SM6", true));
    bench.hear(text("SM7", false));
    assert.deepEqual(bench.kinds, ["webhook.requested", "alert.raised"]);
    assert.equal(bench.state.deliveries.size, 6);
  });

  it("gives up the parts of a message whose reference is used anew", () => {
    const bench = new Bench();
    const head = { key: "k", systemId: "one", accountSid: ACCOUNT, total: 2, from: "+1", to: "+2" };
    const kept = { kind: "esme.part-kept", ...head, source: ADDRESS, destination: ADDRESS, sequence: 1 };
    bench.apply({ ...kept, sid: "SMa", part: { text: "old", receipt: "all" } });
    bench.apply({ ...kept, sid: "SMb", part: { text: "new", receipt: "none" } });
    assert.deepEqual(bench.queued, ["SMa/SMa-1:failed"]);
    assert.equal(bench.state.partSets.get("k")?.sid, "SMb");
    bench.apply({ kind: "esme.parts-joined", key: "k", sid: "SMa" });
    assert.equal(bench.state.partSets.size, 1, "a set of another message is left alone");
    bench.apply({ kind: "esme.parts-joined", key: "k", sid: "SMb" });
    assert.equal(bench.state.partSets.size, 0);
  });
});

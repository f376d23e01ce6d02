import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { duplexPair } from "../../../test/kit/duplex-pair.ts";
import type { MemoryEnd } from "../../../test/kit/duplex-pair.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { CommandStatus, PduDecoder, encodePdu } from "../../protocols/smpp/index.ts";
import type { AnyPdu, PduInput } from "../../protocols/smpp/index.ts";
import type { LogFields, Logger } from "../ports.ts";
import type { BindKind, Role } from "./bind-state.ts";
import { DEFAULT_TIMERS } from "./deadlines.ts";
import type { SessionTimers } from "./deadlines.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { SessionLimits } from "./limits.ts";
import type { CloseReason, Outcome } from "./outcome.ts";
import { SmppSession } from "./session.ts";
import type { Respond } from "./session-owner.ts";

const SUBMIT = { source_addr: "100", destination_addr: "200", short_message: Buffer.from("hello") };

/** A session over a pair, bound, with everything that it tells written down, and the peer's end in hand. */
class Bench {
  readonly clock = new ManualClock();
  readonly warnings: string[] = [];
  readonly given: { pdu: AnyPdu; respond: Respond }[] = [];
  readonly heard: AnyPdu[] = [];
  readonly outcomes: Outcome[] = [];
  readonly session: SmppSession;
  readonly ours: MemoryEnd;
  readonly peer: MemoryEnd;
  closed: CloseReason | undefined;
  ready = 0;

  constructor(
    how: {
      role?: Role;
      bind?: BindKind | null;
      timers?: Partial<SessionTimers>;
      limits?: Partial<SessionLimits>;
      deaf?: boolean;
    } = {},
  ) {
    [this.ours, this.peer] = duplexPair();
    this.session = new SmppSession({
      role: how.role ?? "esme",
      connection: this.ours,
      clock: this.clock,
      log: recordingLogger(this.warnings),
      timers: { ...DEFAULT_TIMERS, ...how.timers },
      limits: { ...DEFAULT_LIMITS, ...how.limits },
      owner: {
        onRequest: (pdu, respond) => this.given.push({ pdu, respond }),
        onReady: () => (this.ready += 1),
        onClosed: (reason) => (this.closed = reason),
      },
    });
    this.peer.on("error", () => {});
    if (how.deaf !== true) this.listen();
    if (how.bind !== null) this.session.becomeBound(how.bind ?? "transceiver");
  }

  listen(): void {
    const decoder = new PduDecoder({ maxPduOctets: 100_000 });
    this.peer.on("data", (chunk: Buffer) => {
      for (const item of decoder.push(chunk)) if (item.kind === "pdu") this.heard.push(item.pdu);
    });
  }

  submit(): void {
    this.session.request("submit_sm", SUBMIT, (outcome) => this.outcomes.push(outcome));
  }

  async peerSends(...pdus: (PduInput | Buffer)[]): Promise<void> {
    this.peer.write(Buffer.concat(pdus.map((pdu) => (Buffer.isBuffer(pdu) ? pdu : encodePdu(pdu)))));
    await turns();
  }

  /** Moves time on, letting the streams run between. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceSettling(ms);
    await turns();
  }
}

function recordingLogger(warnings: string[]): Logger {
  const log: Logger = {
    debug: () => {},
    info: () => {},
    warn: (event: string, _fields?: LogFields) => void warnings.push(event),
    error: (event: string) => void warnings.push(event),
    child: () => log,
  };
  return log;
}

async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("requests", () => {
  it("leave in one write per turn and get their own responses, in whatever order", async () => {
    const bench = new Bench();
    for (let n = 0; n < 5; n += 1) bench.submit();
    await turns();
    assert.equal(bench.ours.writes, 1);
    assert.deepEqual(
      bench.heard.map((pdu) => pdu.sequence),
      [1, 2, 3, 4, 5],
    );
    assert.equal(bench.session.outstanding, 5);
    await bench.peerSends(
      { command: "submit_sm_resp", sequence: 4, body: { message_id: "d" } },
      { command: "submit_sm_resp", sequence: 1, status: CommandStatus.ESME_RTHROTTLED },
    );
    assert.deepEqual(
      bench.outcomes.map((outcome) =>
        outcome.kind === "response"
          ? [outcome.status, (outcome.body as { message_id: string }).message_id]
          : outcome.kind,
      ),
      [
        [0, "d"],
        [0x58, ""],
      ],
    );
    assert.equal(bench.session.windowFree, DEFAULT_LIMITS.window - 3);
  });

  it("beyond the window are not sent", async () => {
    const bench = new Bench({ limits: { window: 2 } });
    for (let n = 0; n < 3; n += 1) bench.submit();
    assert.deepEqual(bench.outcomes, [{ kind: "not-sent", reason: "window-full" }]);
    await turns();
    assert.equal(bench.heard.length, 2);
  });

  it("that the bind does not allow, or that do not fit the specification, are not sent", () => {
    const receiver = new Bench({ bind: "receiver" });
    receiver.submit();
    assert.deepEqual(receiver.outcomes, [{ kind: "not-sent", reason: "wrong-bind" }]);
    const open = new Bench({ bind: null });
    open.submit();
    assert.deepEqual(open.outcomes, [{ kind: "not-sent", reason: "not-bound" }]);
    const bench = new Bench();
    bench.session.request("submit_sm", { ...SUBMIT, source_addr: "1".repeat(30) }, (outcome) =>
      bench.outcomes.push(outcome),
    );
    assert.equal(bench.outcomes[0]?.kind === "not-sent" && bench.outcomes[0].reason, "invalid");
    assert.equal(bench.session.outstanding, 0);
  });

  it("without a response in time are unknown and give their place back; a late response is not taken for another's", async () => {
    const bench = new Bench({ timers: { responseMs: 1_000, enquireLinkMs: 0 } });
    bench.submit();
    await turns();
    await bench.pass(600);
    bench.submit();
    await turns();
    await bench.pass(500);
    assert.deepEqual(bench.outcomes, [{ kind: "unknown", reason: "timeout" }]);
    assert.equal(bench.session.outstanding, 1);
    await bench.peerSends({ command: "submit_sm_resp", sequence: 1 });
    assert.equal(bench.outcomes.length, 1);
    await bench.pass(600);
    assert.deepEqual(bench.outcomes[1], { kind: "unknown", reason: "timeout" });
  });

  it("are refused for certain by a generic_nack, and in doubt after an unreadable response", async () => {
    const bench = new Bench();
    bench.submit();
    bench.session.request("query_sm", { message_id: "1" }, (outcome) => bench.outcomes.push(outcome));
    await turns();
    const unreadable = Buffer.concat([
      encodePdu({ command: "query_sm_resp", sequence: 2 }).subarray(0, 16),
      Buffer.alloc(484, 0x41),
    ]);
    unreadable.writeUInt32BE(500, 0);
    await bench.peerSends({ command: "generic_nack", status: CommandStatus.ESME_RINVCMDID, sequence: 1 }, unreadable);
    assert.deepEqual(bench.outcomes[0], { kind: "response", status: 3, body: undefined });
    assert.deepEqual(bench.outcomes[1], { kind: "unknown", reason: "malformed-response" });
  });
});

describe("a connection that dies", () => {
  it("leaves unknown what was handed to it and not-sent what was still held", async () => {
    const bench = new Bench();
    bench.submit();
    await turns();
    bench.submit();
    bench.ours.destroy();
    await turns();
    assert.deepEqual(bench.outcomes, [
      { kind: "unknown", reason: "disconnected" },
      { kind: "not-sent", reason: "disconnected" },
    ]);
    assert.equal(bench.heard.length, 1);
    assert.equal(bench.closed, "peer-closed");
    assert.equal(bench.clock.pendingTimers, 0);
  });

  it("leaves not-sent what waited behind a peer that did not read, exactly as far as nothing left", async () => {
    const bench = new Bench({
      deaf: true,
      limits: { window: 100_000 },
      timers: { responseMs: 1_000, enquireLinkMs: 0 },
    });
    for (let round = 0; round < 100; round += 1) {
      for (let n = 0; n < 50; n += 1) bench.submit();
      await turns(1);
    }
    assert.equal(bench.outcomes.length, 0);
    await bench.pass(1_100);
    assert.equal(bench.closed, "output-stalled");
    const unknown = bench.outcomes.filter((outcome) => outcome.kind === "unknown").length;
    const notSent = bench.outcomes.filter((outcome) => outcome.kind === "not-sent").length;
    assert.equal(unknown + notSent, 5_000);
    assert.ok(unknown > 0 && notSent > 0);
    const arrived = new PduDecoder({ maxPduOctets: 1_000 });
    let octets = 0;
    for (let chunk = bench.peer.read() as Buffer | null; chunk !== null; chunk = bench.peer.read() as Buffer | null)
      octets += arrived.push(chunk).length;
    assert.ok(octets <= unknown, `${octets} arrived, ${unknown} unknown`);
  });

  it("is told by the peer's end of stream, and responses that came before it count", async () => {
    const bench = new Bench();
    bench.submit();
    bench.submit();
    await turns();
    bench.peer.write(encodePdu({ command: "submit_sm_resp", sequence: 1 }));
    bench.peer.end();
    await bench.pass(1_500);
    assert.deepEqual(
      bench.outcomes.map((outcome) => outcome.kind),
      ["response", "unknown"],
    );
    assert.equal(bench.closed, "peer-closed");
  });
});

describe("timers", () => {
  it("send enquire_link after silence and close when it is not answered", async () => {
    const bench = new Bench({ timers: { enquireLinkMs: 5_000, responseMs: 2_000 } });
    await bench.pass(5_100);
    assert.deepEqual(
      bench.heard.map((pdu) => pdu.command),
      ["enquire_link"],
    );
    await bench.peerSends({ command: "enquire_link_resp", sequence: 1 });
    await bench.pass(5_100);
    assert.equal(bench.heard.length, 2);
    await bench.pass(2_100);
    assert.equal(bench.closed, "enquire-link-timeout");
    assert.equal(bench.clock.pendingTimers, 0);
  });

  it("answer enquire_link always, bound or not", async () => {
    const bench = new Bench({ bind: null, role: "smsc" });
    await bench.peerSends({ command: "enquire_link", sequence: 77 });
    assert.deepEqual(
      bench.heard.map((pdu) => [pdu.command, pdu.sequence]),
      [["enquire_link_resp", 77]],
    );
  });

  it("close a peer that trickles octets and never binds", async () => {
    const bench = new Bench({ bind: null, role: "smsc", timers: { sessionInitMs: 3_000 } });
    const bind = encodePdu({ command: "bind_transceiver", sequence: 1, body: { system_id: "slow" } });
    for (let at = 0; at < 6; at += 1) {
      await bench.peerSends(bind.subarray(at, at + 1));
      await bench.pass(550);
    }
    assert.equal(bench.closed, "session-init-timeout");
  });

  it("unbind after inactivity although enquire_link goes on", async () => {
    const bench = new Bench({ timers: { enquireLinkMs: 1_000, inactivityMs: 3_500 } });
    for (let second = 0; second < 3; second += 1) {
      await bench.pass(1_000);
      await bench.peerSends({ command: "enquire_link_resp", sequence: second + 1 });
    }
    assert.equal(bench.closed, undefined);
    await bench.pass(600);
    assert.equal(bench.heard.at(-1)?.command, "unbind");
    await bench.peerSends({ command: "unbind_resp", sequence: bench.heard.at(-1)?.sequence ?? 0 });
    await bench.pass(1_100);
    assert.equal(bench.closed, "inactivity");
  });
});

describe("an unbind", () => {
  it("waits for what is outstanding either way, takes nothing new, and closes", async () => {
    const bench = new Bench();
    bench.submit();
    await bench.peerSends({ command: "deliver_sm", sequence: 9, body: SUBMIT });
    bench.session.unbind(5_000);
    bench.submit();
    assert.deepEqual(bench.outcomes, [{ kind: "not-sent", reason: "unbinding" }]);
    await bench.peerSends({ command: "submit_sm_resp", sequence: 1 });
    assert.ok(bench.heard.every((pdu) => pdu.command !== "unbind"));
    assert.equal(bench.given[0]?.respond(0), true);
    await turns();
    assert.deepEqual(
      bench.heard.map((pdu) => pdu.command),
      ["submit_sm", "deliver_sm_resp", "unbind"],
    );
    await bench.peerSends({ command: "unbind_resp", sequence: bench.heard[2]?.sequence ?? 0 });
    await bench.pass(1_100);
    assert.equal(bench.closed, "unbound");
  });

  it("stops waiting at its limit", async () => {
    const bench = new Bench({ timers: { responseMs: 60_000 } });
    bench.submit();
    await turns();
    bench.session.unbind(2_000);
    await bench.pass(2_100);
    assert.equal(bench.heard.at(-1)?.command, "unbind");
    await bench.peerSends({ command: "unbind_resp", sequence: 2 });
    await bench.pass(1_100);
    assert.deepEqual(bench.outcomes, [{ kind: "unknown", reason: "disconnected" }]);
  });

  it("of the peer is answered, then the connection ends", async () => {
    const bench = new Bench();
    await bench.peerSends({ command: "unbind", sequence: 3 });
    await bench.pass(1_100);
    assert.deepEqual(
      bench.heard.map((pdu) => pdu.command),
      ["unbind_resp"],
    );
    assert.equal(bench.closed, "unbound-by-peer");
  });
});

describe("a peer's mistakes", () => {
  it("are answered with the status the specification names and logged once", async () => {
    const bench = new Bench({ role: "smsc" });
    const unknown = encodePdu({ command: "enquire_link", sequence: 5 });
    unknown.writeUInt32BE(0x00000666, 4);
    const truncated = encodePdu({ command: "submit_sm", sequence: 6, body: SUBMIT }).subarray(0, 30);
    truncated.writeUInt32BE(30, 0);
    await bench.peerSends(unknown, unknown, truncated, { command: "deliver_sm", sequence: 7, body: SUBMIT });
    assert.deepEqual(
      bench.heard.map((pdu) => [pdu.command, pdu.status, pdu.sequence]),
      [
        ["generic_nack", CommandStatus.ESME_RINVCMDID, 5],
        ["generic_nack", CommandStatus.ESME_RINVCMDID, 5],
        ["submit_sm_resp", CommandStatus.ESME_RINVCMDLEN, 6],
        ["deliver_sm_resp", CommandStatus.ESME_RINVBNDSTS, 7],
      ],
    );
    assert.deepEqual(bench.warnings, ["smpp.peer.unknown-command", "smpp.peer.malformed", "smpp.peer.out-of-state"]);
    assert.equal(bench.closed, undefined);
  });

  it("in the length end the session with generic_nack", async () => {
    const bench = new Bench();
    const oversize = Buffer.alloc(16);
    oversize.writeUInt32BE(0x7fffffff, 0);
    oversize.writeUInt32BE(0x42, 12);
    await bench.peerSends(oversize);
    await bench.pass(1_100);
    assert.deepEqual(
      bench.heard.map((pdu) => [pdu.command, pdu.status, pdu.sequence]),
      [["generic_nack", CommandStatus.ESME_RINVCMDLEN, 0x42]],
    );
    assert.equal(bench.closed, "protocol-error");
  });

  it("in flooding are answered try-again-later beyond the limit", async () => {
    const bench = new Bench({ limits: { maxUnanswered: 3 } });
    const deliveries = Array.from({ length: 5 }, (_, n): PduInput => ({
      command: "deliver_sm",
      sequence: n + 1,
      body: SUBMIT,
    }));
    await bench.peerSends(...deliveries);
    assert.equal(bench.given.length, 3);
    assert.deepEqual(
      bench.heard.map((pdu) => [pdu.sequence, pdu.status]),
      [
        [4, CommandStatus.ESME_RX_T_APPN],
        [5, CommandStatus.ESME_RX_T_APPN],
      ],
    );
    assert.deepEqual(bench.warnings, ["smpp.peer.flood"]);
  });

  it("in not reading our answers end the session at the bound of memory", async () => {
    const bench = new Bench({ deaf: true, role: "smsc", limits: { maxOutputOctets: 64 * 1024 } });
    const floods = Buffer.concat(
      Array.from({ length: 500 }, (_, n) => encodePdu({ command: "enquire_link", sequence: n + 1 })),
    );
    let most = 0;
    for (let round = 0; round < 40 && bench.closed === undefined; round += 1) {
      await bench.peerSends(floods);
      most = Math.max(most, bench.ours.writableLength);
    }
    assert.equal(bench.closed, "output-overflow");
    assert.ok(most < 64 * 1024 + floods.length);
  });

  it("in answering what was never asked change nothing", async () => {
    const bench = new Bench();
    bench.submit();
    await bench.peerSends({ command: "query_sm_resp", sequence: 1 }, { command: "submit_sm_resp", sequence: 900 });
    assert.deepEqual(bench.outcomes, []);
    assert.equal(bench.session.outstanding, 1);
    assert.deepEqual(bench.warnings, ["smpp.peer.unmatched-response"]);
  });
});

it("sequence numbers wrap from 0x7FFFFFFF to 1", async () => {
  const bench = new Bench();
  const requests = (bench.session as unknown as { requests: { lastSequence: number } }).requests;
  requests.lastSequence = 0x7ffffffe;
  bench.submit();
  bench.submit();
  await turns();
  assert.deepEqual(
    bench.heard.map((pdu) => pdu.sequence),
    [0x7fffffff, 1],
  );
});

it("a peer that reads slowly makes the window zero and is told ready again after it drained", async () => {
  const bench = new Bench({ deaf: true, limits: { window: 10_000, maxOutputOctets: 128 * 1024 } });
  let sent = 0;
  while (bench.session.windowFree > 0 && sent < 5_000) {
    bench.submit();
    sent += 1;
    if (sent % 50 === 0) await turns(1);
  }
  assert.ok(sent < 5_000);
  assert.equal(bench.session.windowFree, 0);
  bench.listen();
  await turns(200);
  assert.equal(bench.heard.length, sent);
  assert.ok(bench.ready >= 1);
  assert.ok(bench.session.windowFree > 0);
});

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { systemNet } from "../../adapters/system/index.ts";
import type { Net } from "../ports.ts";
import { HttpClientError } from "./index.ts";
import type { HttpClientStage } from "./index.ts";
import { openManualRig, openRig, signal, startRaw } from "../../../test/kit/loopback-servers.ts";

/** The coarse sweep meets deadlines up to this late. */
const SWEEP_MS = 25;
const LIMITS = { connectMs: 100, readMs: 200, totalMs: 1_000 };

const failsWith =
  (stage: HttpClientStage, code: string, bytesSent = true) =>
  (error: unknown) => {
    assert.ok(error instanceof HttpClientError);
    assert.deepEqual([error.stage, error.code, error.bytesSent], [stage, code, bytesSent]);
    return true;
  };

describe("a server that is slow", () => {
  it("to accept runs out of the time to connect", async (t) => {
    const net: Net = { ...systemNet, dial: () => new Promise(() => {}) };
    const rig = openManualRig(t, { net });
    const running = rig.request({ url: "http://127.0.0.1/", timeouts: LIMITS });
    rig.clock.advance(100 + SWEEP_MS);
    await assert.rejects(running, failsWith("connect", "ETIMEDOUT", false));
  });

  it("to be found runs out of the same time", async (t) => {
    const net: Net = { ...systemNet, resolve: () => new Promise(() => {}) };
    const rig = openManualRig(t, { net });
    const running = rig.request({ url: "http://slow.test/", timeouts: LIMITS });
    rig.clock.advance(100 + SWEEP_MS);
    await assert.rejects(running, failsWith("resolve", "ETIMEDOUT", false));
    const hurried = rig.request({ url: "http://slow.test/", timeouts: { ...LIMITS, totalMs: 50 } });
    rig.clock.advance(50 + SWEEP_MS);
    await assert.rejects(hurried, failsWith("total", "ETIMEDOUT", false));
  });

  it("to say anything runs out of the time to read, after the request was sent", async (t) => {
    const rig = openManualRig(t);
    const reached = signal();
    const { url } = await startRaw(t, () => reached.fire());
    const running = rig.request({ url, timeouts: LIMITS });
    await reached.done;
    rig.clock.advance(200 + SWEEP_MS);
    await assert.rejects(running, failsWith("read", "ETIMEDOUT"));
  });

  for (const [part, start, piece] of [
    ["head", "HTTP/1.1 200 OK\r\nX: ", "a"],
    ["body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "b"],
    ["chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", "c"],
  ] as const) {
    it(`octet by octet in the ${part} gets new time to read with each, and runs out of the total`, async (t) => {
      let drip = (): void => {};
      let heard = signal();
      const began = signal();
      const { url } = await startRaw(t, (socket) => {
        drip = () => socket.write(piece);
        socket.write(start);
        began.fire();
      });
      // The test hears what the client hears: both listen to the same socket.
      const net: Net = {
        ...systemNet,
        dial: async (target) => {
          const socket = await systemNet.dial(target);
          socket.on("data", () => setImmediate(() => heard.fire()));
          return socket;
        },
      };
      const rig = openManualRig(t, { net });
      const running = rig.request({ url, timeouts: LIMITS });
      const failed = assert.rejects(running, failsWith("total", "ETIMEDOUT"));
      await began.done;
      await heard.done;
      for (let n = 0; n < 6; n++) {
        rig.clock.advance(150);
        heard = signal();
        drip();
        await heard.done;
      }
      rig.clock.advance(100 + SWEEP_MS);
      await failed;
    });
  }
});

describe("a server that misbehaves", () => {
  const FAULTS: readonly (readonly [name: string, answer: string, stage: HttpClientStage, code: string])[] = [
    ["talks another protocol", "220 mail.example ESMTP ready\r\n", "protocol", "bad-status-line"],
    ["sends garbage", "\x16\x03\x01\0\xff\xfe\n\n\n", "protocol", "bare-line-feed"],
    ["sends a head without end", "x".repeat(20_000), "protocol", "head-too-large"],
    ["sends headers without end", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(200)}`, "protocol", "too-many-header-fields"],
    [
      "contradicts itself",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "protocol",
      "conflicting-content-length",
    ],
    [
      "smuggles",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "protocol",
      "length-and-transfer-encoding",
    ],
    ["announces too much", "HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n", "too-large", "body-too-large"],
    ["sends a body without end", `HTTP/1.1 200 OK\r\n\r\n${"z".repeat(10_001)}`, "too-large", "body-too-large"],
    ["upgrades unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol", "unexpected-upgrade"],
  ];
  for (const [name, answer, stage, code] of FAULTS) {
    it(`and ${name} is told so and hung up on`, async (t) => {
      const closed = signal();
      const { url } = await startRaw(t, (socket) => {
        socket.once("close", closed.fire);
        socket.write(Buffer.from(answer, "latin1"));
      });
      const { request } = openRig(t);
      await assert.rejects(request({ url }), failsWith(stage, code));
      await closed.done;
    });
  }

  it("and sends for ever is hung up on at the bound", async (t) => {
    const closed = signal();
    const { url } = await startRaw(t, (socket) => {
      const more = Buffer.alloc(4_096, "e");
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n");
      const pour = (): void => {
        while (!socket.destroyed && socket.write(more));
      };
      socket.on("drain", pour).once("close", closed.fire);
      pour();
    });
    const { request } = openRig(t);
    await assert.rejects(request({ url }), failsWith("too-large", "body-too-large"));
    await closed.done;
  });

  it("and hangs up within the answer leaves no answer", async (t) => {
    const { url } = await startRaw(t, (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour"));
    const { request } = openRig(t);
    await assert.rejects(request({ url }), failsWith("protocol", "incomplete-message"));
  });

  it("and resets the connection leaves none either", async (t) => {
    const { url } = await startRaw(t, (socket) => socket.resetAndDestroy());
    const { request } = openRig(t);
    await assert.rejects(request({ url }), failsWith("read", "ECONNRESET"));
  });

  it("and speaks while nobody asked loses its connection", async (t) => {
    const closed = signal();
    let intrude = (): void => {};
    const { url, connections } = await startRaw(t, (socket, connection) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${connection}`);
      if (connection > 1) return;
      socket.once("close", closed.fire);
      intrude = () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    });
    const { request } = openRig(t);
    await request({ url });
    intrude();
    await closed.done;
    assert.equal((await request({ url })).body.toString(), "2");
    assert.equal(connections(), 2);
  });

  it("in any way at random ends with an answer or the client's own error, seed 3", async (t) => {
    let state = 3;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const parts = [
      "HTTP/1.1 200 OK\r\n",
      "Content-Length: 3\r\n",
      "Transfer-Encoding: chunked\r\n",
      "\r\n",
      "\r\n",
      "3\r\nabc\r\n",
      "0\r\n\r\n",
      "abc",
      "\0",
    ];
    const { url } = await startRaw(t, (socket) => {
      for (let count = random(8); count > 0; count--) socket.write(parts[random(parts.length)] ?? "");
      if (random(3) === 0) socket.resetAndDestroy();
      else socket.end();
    });
    const { request } = openRig(t);
    for (let round = 0; round < 100; round++) {
      const outcome = await request({ url, method: random(2) === 0 ? "POST" : "GET" }).catch((error: unknown) => error);
      assert.ok(outcome instanceof HttpClientError || (outcome as { status: number }).status === 200);
    }
  });
});

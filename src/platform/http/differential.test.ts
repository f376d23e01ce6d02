import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { it, type TestContext } from "node:test";
import { CORPUS } from "../../../test/kit/request-corpus.ts";

type Outcome = "accept" | "refuse" | "wait";

/** A bare `node:http` server with our bounds, that says what became of each connection. */
async function nodeServer(t: TestContext): Promise<{ port: number; outcomes: Map<number, Outcome> }> {
  const outcomes = new Map<number, Outcome>();
  const server: Server = createServer({ maxHeaderSize: 16_384, insecureHTTPParser: false });
  server.on("request", (request, response) => {
    const peer = request.socket.remotePort ?? 0;
    outcomes.set(peer, "wait");
    request.resume();
    request.on("end", () => {
      if (outcomes.get(peer) !== "refuse") outcomes.set(peer, "accept");
    });
    request.on("error", () => undefined);
    response.end();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const peer = (socket as { remotePort?: number }).remotePort ?? 0;
    // The end of what we send within a message is no refusal.
    if (error.code !== "HPE_INVALID_EOF_STATE" && error.code !== "ECONNRESET") outcomes.set(peer, "refuse");
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, outcomes };
}

async function ask(port: number, outcomes: Map<number, Outcome>, octets: string): Promise<Outcome> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const own = socket.localPort ?? 0;
  outcomes.set(own, "wait");
  socket.on("error", () => undefined);
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString("latin1")));
  socket.end(octets, "latin1");
  if (!socket.closed) await once(socket, "close");
  // Some refusals node answers itself.
  return received.includes("HTTP/1.1 400") ? "refuse" : (outcomes.get(own) ?? "wait");
}

it("accepts and refuses what node:http does, except where the corpus says so", async (t) => {
  const { port, outcomes } = await nodeServer(t);
  const different: string[] = [];
  for (const { name, octets, verdict, node } of CORPUS) {
    const ours: Outcome = typeof verdict === "number" ? "refuse" : verdict;
    const theirs = await ask(port, outcomes, octets);
    if (theirs !== ours && theirs !== node) different.push(`${name}: we ${ours}, node:http ${theirs}`);
  }
  assert.deepEqual(different, []);
});

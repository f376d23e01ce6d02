import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import * as http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { systemClock } from "../../src/adapters/system/index.ts";
import { openAuthority, openFront } from "../../src/platform/front/index.ts";
import type { Logger } from "../../src/platform/ports.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** A program as its author wrote it, without a word about us. */
const program = `
  const twilio = require("twilio");
  const client = twilio("AC" + "a".repeat(32), "token", { region: process.env.REGION, edge: process.env.EDGE });
  client.messages.create({ to: "+15551230001", from: "+15551230000", body: "hello" })
    .then((message) => console.log(message.sid, message.body))
    .catch((error) => { console.error(error); process.exitCode = 1; });
`;

it("an unchanged program with the Twilio SDK is answered here when the environment says so", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-proxy-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const authority = await openAuthority({ folder, clock: systemClock });
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${"encrypted" in request.socket ? "https" : "http"}://${request.headers.host}${request.url}`);
    response.setHeader("Content-Type", "application/json").writeHead(201);
    response.end(JSON.stringify({ sid: `SM${"1".repeat(32)}`, body: "hello" }));
  });
  const front = await openFront({
    addresses: [{ host: "127.0.0.1", port: 0 }],
    authority,
    logger: silent,
    onHttpConnection: (socket) => void server.emit("connection", socket),
  });
  t.after(() => front.close());
  const proxy = `http://127.0.0.1:${front.addresses[0]?.port}`;
  for (const region of [{}, { REGION: "ie1", EDGE: "dublin" }]) {
    const env = {
      PATH: process.env["PATH"],
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      NODE_EXTRA_CA_CERTS: authority.caPath,
      ...region,
    };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { env });
    assert.equal(stdout, `SM${"1".repeat(32)} hello\n`);
  }
  const path = `/2010-04-01/Accounts/AC${"a".repeat(32)}/Messages.json`;
  assert.deepEqual(seen, [`https://api.twilio.com${path}`, `https://api.dublin.ie1.twilio.com${path}`]);
});

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { LINK_ACCOUNT } from "../kit/link-cell.ts";
import { seeded, seedOf } from "../kit/memory-log.ts";
import { startTestPostgres } from "../kit/postgres.ts";

/** How often the process is killed; `KILLS` for a longer run. */
const KILLS = Number(process.env["KILLS"] ?? 6);
const CHILD = fileURLToPath(new URL("link-cell-child.js", import.meta.url));
const DOMAIN = "go.example.com";
const LINKS = 20;
const VISITORS = 8;
const AGENT =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1";

interface Process {
  readonly child: ChildProcess;
  readonly port: number;
}

async function startCell(folder: string, url: string): Promise<Process> {
  const child = spawn(process.execPath, [CHILD, folder, url], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { child, port: Number(line.toString()) };
}

interface Ask {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body?: string;
  readonly agent?: Agent;
}

/** Rejects when the connection breaks before the answer is whole. */
function ask({
  port,
  method,
  path,
  host,
  body,
  agent,
}: Ask): Promise<{ status: number; text: string; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: host,
      "User-Agent": AGENT,
      Authorization: `Basic ${Buffer.from(`${LINK_ACCOUNT}:x`).toString("base64")}`,
      ...(body === undefined
        ? {}
        : { "Content-Type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded" }),
    };
    const sent = request(
      { host: "127.0.0.1", port, method, path, headers, ...(agent === undefined ? {} : { agent }) },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece: string) => (text += piece));
        answer.on("error", reject);
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

it("a process that is killed again and again loses no click that was answered, and no link", async (t) => {
  const seed = seedOf(1);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const postgres = await startTestPostgres();
  const folder = await mkdtemp(join(tmpdir(), "trunkline-links-crash-"));
  let cell = await startCell(folder, postgres.url);
  t.after(async () => {
    cell.child.kill("SIGKILL");
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const api = (method: string, path: string, body?: string) =>
    ask({ port: cell.port, method, path, host: "api.twilio.com", ...(body === undefined ? {} : { body }) });
  assert.equal((await api("POST", "/trunkline/v1/LinkDomains", `DomainName=${DOMAIN}`)).status, 201);
  const links = Array.from({ length: LINKS }, (_, n) => ({ target_url: `https://a.example/${n}` }));
  const bulk = await api("POST", "/trunkline/v1/Links/Bulk", JSON.stringify({ links }));
  const made = (JSON.parse(bulk.text) as { links: { sid: string; code: string; target_url: string }[] }).links;
  const answered = made.map(() => 0);
  const asked = made.map(() => 0);
  const born: { sid: string; code: string; target: string }[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    let isOver = false;
    const visitors = Array.from({ length: VISITORS }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!isOver) {
        const n = Math.floor(random() * LINKS);
        asked[n] = (asked[n] ?? 0) + 1;
        const answer = await ask({
          port: cell.port,
          method: "GET",
          path: `/${made[n]?.code}`,
          host: DOMAIN,
          agent,
        }).catch(() => undefined);
        if (answer === undefined) break;
        assert.equal(answer.location, made[n]?.target_url);
        answered[n] = (answered[n] ?? 0) + 1;
      }
      agent.destroy();
    });
    const maker = (async () => {
      for (let n = 0; !isOver; n += 1) {
        const target = `https://b.example/${kill}/${n}`;
        const answer = await api("POST", "/trunkline/v1/Links", `TargetUrl=${encodeURIComponent(target)}`).catch(
          () => undefined,
        );
        if (answer === undefined) break;
        const { sid, code } = JSON.parse(answer.text) as { sid: string; code: string };
        born.push({ sid, code, target });
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * 400));
    cell.child.kill("SIGKILL");
    await once(cell.child, "exit");
    isOver = true;
    await Promise.all([...visitors, maker]);
    cell = await startCell(folder, postgres.url);
  }

  let total = 0;
  for (const [n, { sid }] of made.entries()) {
    const { text } = await api("GET", `/trunkline/v1/Links/${sid}/Analytics`);
    const { clicks } = JSON.parse(text) as { clicks: number };
    assert.ok(clicks >= (answered[n] ?? 0), `link ${n}: ${clicks} counted, ${answered[n]} answered, seed ${seed}`);
    assert.ok(clicks <= (asked[n] ?? 0), `link ${n}: ${clicks} counted, ${asked[n]} asked, seed ${seed}`);
    total += clicks;
  }
  assert.equal(new Set(born.map(({ code }) => code)).size, born.length, "no code twice");
  for (const { code, target } of born) {
    const { location } = await ask({ port: cell.port, method: "GET", path: `/${code}`, host: DOMAIN });
    assert.equal(location, target);
  }
  t.diagnostic(JSON.stringify({ kills: KILLS, clicks: total, links: born.length }));
  assert.ok(total > KILLS && born.length > KILLS, "there was work to lose");
});

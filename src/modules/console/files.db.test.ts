import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { StaticFolder } from "../../adapters/files/index.ts";
import { systemClock } from "../../adapters/system/index.ts";
import { startConsole, type Answer, type ConsoleWorld } from "./sample-console.test.ts";

describe("files", () => {
  let world: ConsoleWorld;
  let folder = "";
  before(async () => {
    world = await startConsole();
    folder = await mkdtemp(join(tmpdir(), "trunkline-files-"));
    await mkdir(join(folder, "console/assets"), { recursive: true });
    await writeFile(join(folder, "secret.txt"), "top secret");
    await writeFile(join(folder, "console/.hidden"), "top secret");
    await symlink(join(folder, "secret.txt"), join(folder, "console/link.txt"));
    const page = '<meta property="csp-nonce" content="__NONCE__" /><style nonce="__NONCE__"></style>';
    await writeFile(join(folder, "console/index.html"), page);
    await writeFile(join(folder, "console/theme.js"), "1;");
    await writeFile(join(folder, "console/assets/index-1.js"), "x();\n".repeat(1_000));
    await writeFile(join(folder, "console/assets/index-1.js.br"), "compressed before");
  });
  after(async () => {
    await world.stop();
    await rm(folder, { recursive: true });
  });
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    world.browser().send(`GET ${path}`, { headers });

  it("are asked for by npm run build while they are not there", async () => {
    world.files = new StaticFolder(join(folder, "nowhere"), systemClock);
    const answer = await get("/console/");
    assert.equal(answer.status, 503);
    assert.match(answer.text, /npm run build/);
  });

  it("are one page for every path, with a nonce of its own each time", async () => {
    world.files = new StaticFolder(join(folder, "console"), systemClock);
    const nonces = new Set<string>();
    for (const path of [
      "/console/",
      "/console/enter",
      "/console/messages/SM1",
      "/console/index.html",
      "/console/a/b/c",
    ]) {
      const { status, headers, text } = await get(path);
      assert.equal(status, 200, path);
      const [, nonce = ""] = /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "") ?? [];
      assert.equal(text, `<meta property="csp-nonce" content="${nonce}" /><style nonce="${nonce}"></style>`);
      assert.equal(headers["cache-control"], "no-store");
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 5);
    for (const path of ["/console/assets/gone-2.js", "/console/favicon.ico", "/console/api/unknown", "/console/live"])
      assert.equal((await get(path)).status, 404, path);
  });

  it("lead from the address of the system to the console, for browsers and for no host of the API", async () => {
    const html = { accept: "text/html,application/xhtml+xml" };
    const answer = await get("/", html);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers["location"], "/console/");
    assert.equal((await get("/console")).headers["location"], "/console/");
    assert.equal((await get("/", { ...html, host: "api.twilio.com" })).status, 404);
    assert.equal((await get("/")).status, 404);
  });

  it("stay in browsers for good where their names say what is in them", async () => {
    const plain = await get("/console/assets/index-1.js");
    assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(plain.headers["content-type"], "text/javascript; charset=utf-8");
    assert.equal(plain.headers["vary"], "Accept-Encoding");
    const brotli = await get("/console/assets/index-1.js", { "accept-encoding": "gzip, deflate, br" });
    assert.deepEqual([brotli.headers["content-encoding"], brotli.text], ["br", "compressed before"]);
    assert.notEqual(brotli.headers["etag"], plain.headers["etag"]);
    assert.equal(
      (await get("/console/assets/index-1.js", { "accept-encoding": "br;q=0, gzip" })).headers["content-encoding"],
      "gzip",
    );
    const file = await world.files.find("assets/index-1.js");
    assert.equal(gunzipSync((await file?.compressed("gzip")) ?? "").toString(), "x();\n".repeat(1_000));
    const again = await get("/console/assets/index-1.js", { "if-none-match": `W/${plain.headers["etag"]}` });
    assert.deepEqual([again.status, again.text], [304, ""]);
    const small = await get("/console/theme.js", { "accept-encoding": "gzip" });
    assert.deepEqual([small.headers["content-encoding"], small.headers["cache-control"]], [undefined, "no-cache"]);
    assert.equal((await world.browser().send("HEAD /console/theme.js")).status, 200);
  });

  it("are those of the folder, whatever is asked for", async () => {
    const up = ["..", "%2e%2e", "%2E%2e", "..%2f..", "..%5c", ".%00.", "%252e%252e"];
    const paths = [
      ...up.flatMap((each) => [
        `/console/${each}/secret.txt`,
        `/console/assets/${each}/${each}/secret.txt`,
        `/console/${each}%2fsecret.txt`,
      ]),
      "/console//secret.txt",
      `/console/${folder}/secret.txt`,
      `/console/${encodeURIComponent(`${folder}/secret.txt`)}`,
      "/console/link.txt",
      "/console/.hidden",
      "/console/.git/config",
      "/console/assets",
      "/console/assets/",
      "/console/assets/index-1.js.br",
      "/console/assets/index-1.js/",
      "/console/__proto__",
      "/console/constructor",
      "/console/%",
      "/console/%ff",
      `/console/${"a/".repeat(2_000)}`,
    ];
    for (const path of paths) {
      const { status, text } = await get(path);
      assert.ok(!text.includes("top secret") && !text.includes("compressed before"), path);
      assert.ok([200, 400, 404].includes(status), `${path} ${status}`);
      if (status === 200) assert.match(text, /^<meta property="csp-nonce"/, path);
    }
  });
});

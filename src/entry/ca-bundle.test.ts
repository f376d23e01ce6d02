import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { rootCertificates } from "node:tls";
import { systemClock } from "../adapters/system/index.ts";
import { openAuthority } from "../platform/front/index.ts";
import { combine, writeCaBundle } from "./ca-bundle.ts";

describe("the bundle of certificates", () => {
  it("holds each certificate once and no text between them", () => {
    const [first = "", second = ""] = rootCertificates;
    const combined = combine([`# A\n${first}\n`, `${second.replaceAll("\n", "\r\n")}\r\n# B\n${first}`]);
    assert.deepEqual(
      combined.map((pem) => pem.trim()),
      [first.trim(), second.trim()],
    );
  });

  it("has the authority, what Node trusts, and the files that the shell named", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "trunkline-bundle-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const authority = await openAuthority({ folder: join(folder, "ca"), clock: systemClock });
    const other = await openAuthority({ folder: join(folder, "other"), clock: systemClock });
    const further = join(folder, "further.pem");
    await writeFile(further, `corporate\n${other.caPem}`);
    const files = [further, join(folder, "missing.pem")];
    const path = await writeCaBundle(authority.caPath, files);
    const bundle = await readFile(path, "utf8");
    assert.equal(path, join(folder, "ca", "bundle.pem"));
    for (const pem of [authority.caPem, other.caPem, ...rootCertificates]) assert(bundle.includes(pem.trim()));
    for (const pem of combine([bundle]).slice(0, 3)) assert(new X509Certificate(pem).ca);
    const { mtimeMs } = await stat(path);
    await writeCaBundle(authority.caPath, [...files, path]);
    assert.equal((await stat(path)).mtimeMs, mtimeMs);
  });
});

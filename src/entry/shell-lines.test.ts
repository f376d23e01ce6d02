import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { quote, shellLines } from "./shell-lines.ts";

const NASTY = [
  "plain",
  "",
  "two words",
  "it's",
  "''",
  '"; rm -rf / #',
  "$(id) `id` $HOME ${HOME} !!",
  "back\\slash\\'",
  "a\nb\n\nc",
  "-n",
  "ünïcødé ‘’‚‛ 📱",
];

describe("shell lines", () => {
  it("come back from a real shell as they went in", () => {
    const changes = Object.fromEntries(NASTY.map((value, index) => [`V${index}`, value]));
    const names = Object.keys(changes);
    const script = `${shellLines("sh", changes)}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
    const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
    assert.deepEqual(printed, NASTY);
  });

  it("survive being evaluated as people do it", () => {
    const lines = shellLines("sh", { A: "it's\n$(id)", B: null });
    const script = `B=1; export B; eval "$(cat)"; printf '%s' "$A" "\${B-unset}"`;
    const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", input: lines });
    assert.equal(printed, "it's\n$(id)unset");
  });

  it("are written in each shell's own words", () => {
    const changes = { A: "x'y", B: null };
    assert.equal(shellLines("sh", changes), `export A='x'"'"'y'\nunset B\n`);
    assert.equal(shellLines("fish", changes), "set -gx A 'x\\'y'\nset -e B\n");
    assert.equal(
      shellLines("powershell", changes),
      "$env:A = 'x''y'\nRemove-Item Env:B -ErrorAction SilentlyContinue\n",
    );
  });

  it("escape what ends a text in fish and in PowerShell", () => {
    assert.equal(quote("fish", "a\\b'c$d"), "'a\\\\b\\'c$d'");
    assert.equal(quote("powershell", "a’b‘c'd`$e"), "'a’’b‘‘c''d`$e'");
  });

  it("refuse names that would be more than a name", () => {
    assert.throws(() => shellLines("sh", { "A;id": "x" }));
    assert.throws(() => shellLines("sh", { A: "\0" }));
  });
});

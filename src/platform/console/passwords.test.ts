import assert from "node:assert/strict";
import { it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { Passwords } from "./index.ts";

const cheap = new Passwords({ logN: 4, r: 1, p: 1 });

it("a password fits the text that was made of it, and no other one", async () => {
  const stored = await cheap.hash("correct horse");
  assert.match(stored, /^\$scrypt\$ln=4,r=1,p=1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
  assert.notEqual(await cheap.hash("correct horse"), stored);
  assert.equal(await cheap.fits("correct horse", stored), true);
  assert.equal(await cheap.fits("correct horse ", stored), false);
  assert.equal(await cheap.fits("", stored), false);
});

it("is read with the parameters that its text says", async () => {
  const stored = await new Passwords({ logN: 5, r: 2, p: 2 }).hash("é");
  assert.equal(await cheap.fits("e\u0301", stored), true, "one spelling of letters");
  assert.equal(cheap.isWeak(stored), false);
  assert.equal(new Passwords({ logN: 6, r: 1, p: 1 }).isWeak(stored), true);
});

it("nobody's password fits, and takes as long to try", async () => {
  assert.equal(await cheap.fits("x", undefined), false);
});

it("what is no stored password is refused before it costs anything", async () => {
  const [salt, hash] = ["A".repeat(22), "A".repeat(43)];
  for (const text of ["", "x", `$scrypt$ln=31,r=8,p=1$${salt}$${hash}`, `$scrypt$ln=4,r=99,p=1$${salt}$${hash}`])
    await assert.rejects(cheap.fits("x", text), /cannot be read/);
});

it("only so many are tried at once", async () => {
  const passwords = new Passwords({ logN: 4, r: 1, p: 1 });
  const tries = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.fits("x", undefined)));
  const refused = tries.filter((each) => each.status === "rejected");
  assert.equal(refused.length, 40 - 34);
  assert.ok(refused.every(({ reason }) => reason instanceof AppError && reason.status === 503));
  assert.equal(await passwords.fits("x", undefined), false);
});

import assert from "node:assert/strict";
import { it } from "node:test";
import { appendQuery, encodeForm } from "./index.ts";

it("encodes forms exactly as URLSearchParams does, seed 5", () => {
  let state = 5;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const text = (): string =>
    String.fromCodePoint(...Array.from({ length: random(12) }, () => random(random(2) === 0 ? 128 : 0x1_1000)));
  for (let round = 0; round < 500; round++) {
    const pairs = Array.from({ length: random(4) }, () => [text(), text()] as const);
    assert.equal(
      encodeForm(pairs),
      new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString(),
    );
  }
});

it("appends to a query before the fragment", () => {
  const pairs = [["a", "b c"]] as const;
  assert.equal(appendQuery("http://h/", pairs), "http://h/?a=b+c");
  assert.equal(appendQuery("http://h/?x#f?", pairs), "http://h/?x&a=b+c#f?");
  assert.equal(appendQuery("http://h/?", pairs), "http://h/?a=b+c");
  assert.equal(appendQuery("http://h/#rc=1", []), "http://h/#rc=1");
});

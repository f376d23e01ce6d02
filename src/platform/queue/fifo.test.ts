import assert from "node:assert/strict";
import { it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { Fifo } from "./index.ts";

it("gives strings back in the order they came, whatever is pushed, taken and drained in between, seed 5", () => {
  const random = seeded(5);
  const fifo = new Fifo();
  let model: string[] = [];
  for (let step = 0; step < 20_000; step += 1) {
    const choice = random();
    if (choice < 0.52) {
      fifo.push(String(step));
      model.push(String(step));
    } else if (choice < 0.9999) {
      assert.equal(fifo.peek(), model[0]);
      assert.equal(fifo.shift(), model.shift());
    } else {
      assert.deepEqual(fifo.drain(), model);
      model = [];
    }
    assert.equal(fifo.length, model.length);
  }
});

it("takes from a long queue in constant time and gives its memory back", () => {
  const fifo = new Fifo();
  for (let n = 0; n < 200_000; n += 1) fifo.push(String(n));
  for (let n = 0; n < 200_000; n += 1) assert.equal(fifo.shift(), String(n));
  assert.equal(fifo.shift(), undefined);
  assert.equal(fifo.peek(), undefined);
  assert.equal((fifo as unknown as { items: string[] }).items.length < 2_048, true);
});

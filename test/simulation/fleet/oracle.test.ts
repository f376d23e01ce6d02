import assert from "node:assert/strict";
import { it } from "node:test";
import { FlowNetwork } from "./oracle.ts";

it("finds the greatest flow, also where a first choice has to be taken back", () => {
  const network = new FlowNetwork();
  const [source, left, right, sink] = [network.place(), network.place(), network.place(), network.place()];
  network.pipe(source, left, 10);
  network.pipe(source, right, 5);
  network.pipe(left, right, 15);
  network.pipe(left, sink, 4);
  network.pipe(right, sink, 10);
  assert.equal(network.greatest(source, sink), 14);
});

it("lets nothing flow where nothing leads", () => {
  const network = new FlowNetwork();
  const [source, elsewhere, sink] = [network.place(), network.place(), network.place()];
  network.pipe(source, elsewhere, 3);
  assert.equal(network.greatest(source, sink), 0);
});

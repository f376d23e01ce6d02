import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apiAddress, smppAddress } from "./addresses.ts";

const api = (ton: number, address: string) => apiAddress({ ton, npi: 1, address });

describe("addresses of SMPP clients", () => {
  it("are E.164 with or without plus, and with the prefix of international calls", () => {
    assert.equal(api(1, "447700900123"), "+447700900123");
    assert.equal(api(1, "+447700900123"), "+447700900123");
    assert.equal(api(1, "00447700900123"), "+447700900123");
    assert.equal(api(0, "447700900123"), "+447700900123");
  });

  it("are short codes by their type, or by their length where they have none", () => {
    assert.equal(api(3, "55501"), "55501");
    assert.equal(api(6, "55501"), "55501");
    assert.equal(api(0, "55501"), "55501");
  });

  it("are names", () => {
    assert.equal(api(5, "Trunkline"), "Trunkline");
    assert.equal(api(0, "Trunkline"), "Trunkline");
  });

  it("are none where no country can be told, or they would not fit into a receipt", () => {
    for (const [ton, address] of [
      [2, "7700900123"],
      [4, "900123"],
      [1, "Trunkline"],
      [1, ""],
      [1, "1".repeat(21)],
    ] as const) {
      assert.equal(api(ton, address), undefined, `${ton} ${address}`);
    }
  });

  it("go out as carriers write them", () => {
    assert.deepEqual(smppAddress("+447700900123"), { ton: 1, npi: 1, address: "447700900123" });
    assert.deepEqual(smppAddress("55501"), { ton: 3, npi: 0, address: "55501" });
    assert.deepEqual(smppAddress("Bank"), { ton: 5, npi: 0, address: "Bank" });
  });
});

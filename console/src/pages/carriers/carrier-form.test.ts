import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { documentOf, type FieldSpec, givenOf, labelOf, partsOfUrl, problemsOf, urlOfParts } from "./carrier-form.ts";

describe("the form of a carrier", () => {
  it("takes a URL apart and puts it together again", () => {
    for (const url of ["smpp://acme:secret@smsc.example.net:2775", "smpps://a%40b:p%3A%2F@[2001:db8::1]:3550"]) {
      assert.equal(urlOfParts(partsOfUrl(url)), url);
    }
    assert.equal(partsOfUrl("smpp://acme:***@h").password, "***");
    assert.equal(urlOfParts(partsOfUrl("nonsense")), "");
  });

  it("sends nothing that is empty, and nothing that is the default", () => {
    assert.deepEqual(
      documentOf("smpp", {
        name: "a",
        window: undefined,
        prefixes: [""],
        systemType: "",
        submit: { url: "x", auth: null },
      }),
      {
        type: "smpp",
        name: "a",
        submit: { url: "x" },
      },
    );
    const field = (name: string, usual: unknown): FieldSpec => ({
      name,
      kind: "text",
      required: false,
      default: usual,
      description: "",
      secret: false,
      group: null,
    });
    const fields = [field("window", 10), field("prefixes", []), field("bind", "transceiver")];
    assert.deepEqual(givenOf(fields, { window: 10, prefixes: ["+44"], bind: "transmitter" }), {
      prefixes: ["+44"],
      bind: "transmitter",
    });
  });

  it("finds the fields that a refusal is about", () => {
    const message =
      'The carrier is not valid: carrier.wndow: unknown key (did you mean window?); carrier.window: expected a whole number from 1 to 1000, got "0".';
    assert.deepEqual(
      [...problemsOf(message)],
      [
        ["wndow", "Unknown key (did you mean window?)."],
        ["window", 'Expected a whole number from 1 to 1000, got "0".'],
      ],
    );
    assert.equal(problemsOf("Something else.").size, 0);
  });

  it("names fields as people do", () => {
    assert.equal(labelOf("responseTimeoutMs"), "Response timeout (ms)");
    assert.equal(labelOf("tlsVerify"), "TLS verify");
    assert.equal(labelOf("ia5Alphabet"), "IA5 alphabet");
  });
});

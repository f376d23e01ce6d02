import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  describeCarrierTypes,
  hasMask,
  httpCarrierType,
  keepSecrets,
  nullCarrierType,
  readCarrierDocument,
  secretsOf,
  showCarrier,
  smppCarrierType,
  twilioCarrierType,
} from "./index.ts";

const TYPES = { smpp: smppCarrierType, http: httpCarrierType, twilio: twilioCarrierType, null: nullCarrierType };
const SMPP = { type: "smpp", name: "acme", url: "smpp://u:pass@h:2775", maintenance: ["Sun 02:00-04:00"] };
const HTTP = {
  type: "http",
  name: "web",
  submit: {
    url: "https://a.example/send",
    auth: {
      type: "fields",
      fields: [
        { name: "key", value: "one" },
        { name: "pin", value: "two" },
      ],
    },
    body: { type: "json", template: '{"to":"{to}"}' },
  },
  response: { type: "json", id: "id" },
};

describe("a carrier as JSON", () => {
  it("is read as the file is: numbers, switches and defaults", () => {
    const read = readCarrierDocument(TYPES, { ...SMPP, window: 25, adaptiveWindow: false, messagesPerSecond: null });
    assert.ok(read.ok && read.settings.type === "smpp");
    const { window, adaptiveWindow, messagesPerSecond, binds, url } = read.settings;
    assert.deepEqual([window, adaptiveWindow, messagesPerSecond, binds, url.host], [25, false, undefined, 1, "h"]);
    assert.ok(readCarrierDocument(TYPES, HTTP).ok);
  });

  it("is told everything that is wrong, with its path and without secrets", () => {
    const read = readCarrierDocument(TYPES, {
      type: "smpp",
      name: "A",
      url: "http://u:geheim@h",
      window: 1.5,
      wnidow: 3,
    });
    assert.ok(!read.ok);
    const paths = read.problems.map((problem) => problem.replace(/:.*/, "")).toSorted();
    assert.deepEqual(paths, ["carrier.name", "carrier.url", "carrier.window", "carrier.wnidow"]);
    assert.ok(!read.problems.join().includes("geheim"));
    for (const broken of [null, 3, [], {}, { type: "smtp" }, { type: "smpp", name: {} }, { type: "__proto__" }]) {
      assert.equal(readCarrierDocument(TYPES, broken).ok, false, JSON.stringify(broken));
    }
    let deep: unknown = "x";
    for (let n = 0; n < 100; n += 1) deep = [deep];
    assert.deepEqual(readCarrierDocument(TYPES, deep), {
      ok: false,
      problems: ["carrier: the document nests too deeply or is too large"],
    });
  });

  it("is shown masked, and keeps its secrets when the masks come back", () => {
    for (const document of [SMPP, HTTP]) {
      const read = readCarrierDocument(TYPES, document);
      assert.ok(read.ok);
      const shown = showCarrier(TYPES, read.settings);
      assert.ok(hasMask(shown));
      for (const secret of secretsOf(TYPES, read.settings)) assert.ok(!JSON.stringify(shown).includes(`"${secret}"`));
      const kept = keepSecrets(TYPES, shown, document);
      assert.equal(hasMask(kept), false);
      const again = readCarrierDocument(TYPES, kept);
      assert.ok(again.ok);
      assert.deepEqual(secretsOf(TYPES, again.settings), secretsOf(TYPES, read.settings));
    }
  });

  it("keeps no password where the address is another one", () => {
    const kept = keepSecrets(TYPES, { ...SMPP, url: "smpp://u:***@elsewhere:2775" }, SMPP);
    assert.equal(hasMask(kept), true);
  });

  it("is described so that a form can be made of it, every field of every type", () => {
    const types = describeCarrierTypes(TYPES);
    assert.deepEqual(
      types.map(({ type }) => type),
      ["smpp", "http", "twilio", "null"],
    );
    const field = (type: string, name: string) =>
      types.find((one) => one.type === type)?.fields.find((one) => one["name"] === name);
    assert.deepEqual(field("smpp", "bind")?.["values"], ["transceiver", "transmitter", "receiver", "pair"]);
    const window = field("smpp", "window");
    assert.deepEqual(
      [window?.["kind"], window?.["min"], window?.["max"], window?.["default"]],
      ["integer", 1, 1000, 10],
    );
    assert.equal(field("smpp", "url")?.["secret"], true);
    assert.equal(field("twilio", "authToken")?.["secret"], true);
    assert.equal(field("http", "submit")?.["kind"], "record");
    assert.equal(field("http", "response")?.["kind"], "variant");
    for (const { fields } of types) for (const { group } of fields) assert.equal(typeof group, "string");
  });
});

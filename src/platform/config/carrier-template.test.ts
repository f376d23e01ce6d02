import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseJsonTemplate, renderJson } from "./carrier-json-template.ts";
import {
  parseTemplate,
  renderTemplate,
  urlTemplate,
  type TemplatePlace,
  type TemplateValues,
} from "./carrier-template.ts";

const VALUES: TemplateValues = {
  to: "+447700900123",
  from: "Trunk & Line",
  text: 'Grüße "ü" <b> {x}\r\nX: 1',
  sid: "SM1",
  reference: "SM1-0",
  part: "1",
  parts: "2",
  "udh-hex": "",
  concatReference: "",
  encoding: "UCS-2",
  validitySeconds: "90",
  validityMinutes: "1",
  validUntil: "2025-01-01T00:00:00.000Z",
  callbackUrl: "https://sms.example.org/carriers/a/receipts/s?x=1&y=2",
  dltEntityId: "",
  dltTemplateId: "",
};

function render(source: string, place: TemplatePlace = "field"): string {
  const template = parseTemplate(source, place);
  assert.ok(template, source);
  return renderTemplate(template, VALUES);
}

/** With half a surrogate pair, which cannot be percent-encoded. */
function lone(source: string): string {
  const template = parseTemplate(source, "url");
  assert.ok(template);
  return renderTemplate(template, { ...VALUES, text: "\ud800'" });
}

describe("a template", () => {
  it("fills placeholders, and writes braces that are doubled", () => {
    assert.equal(render("{to}|{part}/{parts} {{not}}"), "+447700900123|1/2 {not}");
    assert.equal(render(""), "");
  });

  it("applies filters from left to right", () => {
    assert.equal(render("{to|digits}"), "447700900123");
    assert.equal(render("{to|bare} {to|digits|plus}"), "447700900123 +447700900123");
    assert.equal(render("{sid|lower|hex}"), "736d31");
    assert.equal(render("{sid|ucs2-hex|upper}"), "0053004D0031");
    assert.equal(render("{sid|base64}"), "U00x");
    assert.equal(render("{encoding|map:GSM-7=text,UCS-2=unicode} {sid|map:A=B}"), "unicode SM1");
  });

  it("percent-encodes in a URL whether it is asked to or not, and once", () => {
    assert.equal(
      render("http://a/?f={from}&t={from|url}", "url"),
      "http://a/?f=Trunk%20%26%20Line&t=Trunk%20%26%20Line",
    );
    assert.equal(lone("{text}"), "%EF%BF%BD%27");
  });

  it("never lets a value begin another header field", () => {
    assert.equal(render("{text}", "header"), 'Gr??e "?" <b> {x}??X: 1');
  });

  it("must say in raw text how every value is written", () => {
    assert.equal(parseTemplate("<to>{to}</to>", "raw"), undefined);
    assert.equal(parseTemplate("<to>{to|xml|upper}</to>", "raw"), undefined);
    assert.equal(render("<t>{text|xml}</t>", "raw"), "<t>Grüße &quot;ü&quot; &lt;b&gt; {x}\r\nX: 1</t>");
    assert.equal(render('{{"t":"{text|json}"}}', "raw"), JSON.stringify({ t: VALUES.text }));
  });

  it("is not valid with unknown placeholders, unknown filters, lone braces or what is about a whole value", () => {
    const wrong = [
      "{nobody}",
      "{to|shout}",
      "{to|constructor}",
      "{__proto__}",
      "{",
      "}",
      "{}",
      "{to",
      "a{to|optional}",
    ];
    for (const source of [...wrong, "{to|map:x}", "{to|number}", "{to|upper|lower|upper|lower|upper|lower|upper}"]) {
      assert.equal(parseTemplate(source, "field"), undefined, source);
    }
    assert.equal(parseTemplate("{to}".repeat(201), "field"), undefined);
    assert.equal(parseTemplate("x".repeat(8_193), "field"), undefined);
  });
});

describe("a URL template", () => {
  const type = urlTemplate();
  it("has its placeholders behind its host", () => {
    assert.ok(type.read("https://api.example.com/v1/{sid}?to={to|digits}", "/"));
    assert.ok(type.read("http://127.0.0.1:8080", "/"));
    for (const wrong of ["https://{to}/", "https://a.{to}/x", "ftp://a/", "https://u@a/", "https://a/#x", "nonsense"]) {
      assert.equal(type.read(wrong, "/"), undefined, wrong);
    }
  });
});

describe("a JSON template", () => {
  const json = (source: string): unknown => {
    const template = parseJsonTemplate(source);
    assert.ok(template, source);
    return JSON.parse(renderJson(template, VALUES));
  };

  it("fills strings, so that no value can change the document", () => {
    assert.deepEqual(json('{"to":["{to|digits}"],"t":"{text}","n":null,"yes":true,"x":{"a":1.5}}'), {
      to: ["447700900123"],
      t: VALUES.text,
      n: null,
      yes: true,
      x: { a: 1.5 },
    });
  });

  it("writes numbers where told, and leaves out what is optional and empty", () => {
    assert.deepEqual(json('{"v":"{validitySeconds|number}","u":"{udh-hex|optional}","l":["{udh-hex|optional}"]}'), {
      v: 90,
      l: [],
    });
    assert.deepEqual(json('{"v":"{from|number}"}'), { v: null });
  });

  it("is not valid where it is no JSON, nests too deeply or has an unknown placeholder", () => {
    assert.equal(parseJsonTemplate("{to}"), undefined);
    assert.equal(parseJsonTemplate('{"a":"{nobody}"}'), undefined);
    assert.equal(parseJsonTemplate('{"a":"{to|number} "}'), undefined);
    assert.equal(parseJsonTemplate("[".repeat(20) + "]".repeat(20)), undefined);
  });
});

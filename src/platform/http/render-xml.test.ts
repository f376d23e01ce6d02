import assert from "node:assert/strict";
import { test } from "node:test";
import { recordXml } from "./render-xml.ts";

test("a record becomes elements in Pascal case", () => {
  const record = {
    account_sid: "AC1",
    num_media: "0",
    price: null,
    ok: true,
    subresource_uris: { media: "/m.json" },
    tags: ["a", "b"],
    none: [],
  };
  assert.equal(
    recordXml("Message", record).split("\n")[1],
    "<TwilioResponse><Message><AccountSid>AC1</AccountSid><NumMedia>0</NumMedia><Price/><Ok>true</Ok>" +
      "<SubresourceUris><Media>/m.json</Media></SubresourceUris><Tags><Tag>a</Tag><Tag>b</Tag></Tags><None></None></Message></TwilioResponse>",
  );
});

test("what XML cannot say is escaped or replaced", () => {
  const xml = recordXml("M", { body: "<&>\"'\r\n\u0000\u0007\ud800x🎉\uffff", "1 bad<name>": 1 });
  assert.match(xml, /<Body>&lt;&amp;&gt;&quot;&apos;&#13;\n���x🎉�<\/Body><_1_bad_name_>1<\/_1_bad_name_>/);
});

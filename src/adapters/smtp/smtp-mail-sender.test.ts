import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSmtpServer, type TestSmtpServer } from "../../../test/kit/smtp-server.ts";
import type { MailSender } from "../../platform/mail/index.ts";
import { smtpMailSender } from "./index.ts";

describe("mails by SMTP", () => {
  let server: TestSmtpServer;
  let mail: MailSender;
  before(async () => {
    server = await startSmtpServer();
    mail = smtpMailSender({ url: server.url, from: "alerts@trunkline.example" });
  });
  after(async () => {
    await mail.close();
    await server.close();
  });

  it("arrive with what they say, and with an id of their own", async () => {
    await mail.send({
      id: "alert:IR1:3:e0",
      to: "ops@customer.example",
      subject: "Firing: failures\r\nBcc: everybody@elsewhere.example",
      text: "Zwölf Prozent\n.\nEnde",
    });
    const [taken] = server.mails;
    assert.equal(taken?.from, "alerts@trunkline.example");
    assert.deepEqual(taken?.to, ["ops@customer.example"]);
    assert.match(taken?.content ?? "", /^Message-ID: <alert\.IR1\.3\.e0@trunkline\.example>$/im);
    assert.match(taken?.content ?? "", /^Subject: Firing: failures Bcc: everybody@elsewhere\.example$/im);
    assert.match(taken?.content ?? "", /^Auto-Submitted: auto-generated$/im);
    assert.doesNotMatch(taken?.content ?? "", /^Bcc:/im);
  });

  it("reject where the server refuses them, or is not there", async () => {
    server.refuseNext("550 5.1.1 no such user");
    const lost = { id: "x", to: "nobody@customer.example", subject: "x", text: "x" };
    await assert.rejects(mail.send(lost), /no such user/);
    assert.equal(server.mails.length, 1);
    const nowhere = smtpMailSender({ url: "smtp://127.0.0.1:1", from: "a@b.example" });
    await assert.rejects(nowhere.send(lost));
    await nowhere.close();
  });
});

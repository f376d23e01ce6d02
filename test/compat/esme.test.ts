import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import smpp, { type PDU, type PduFields, type Session } from "smpp";
import { freePorts } from "../kit/programs.ts";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { until } from "../kit/until.ts";

const PHONE = "+447700900123";

let system: SystemProcess;
let port = 0;
before(async () => {
  [port = 0] = await freePorts(1);
  system = await startSystemProcess({ config: { smpp: { port } } });
});
after(() => system.stop());

interface Client {
  readonly delivered: PDU[];
  ask(command: string, fields?: PduFields): Promise<PDU>;
  end(): void;
}

async function client(): Promise<Client> {
  const session = await new Promise<Session>((resolve) => {
    const made = smpp.connect({ host: "127.0.0.1", port }, () => resolve(made));
  });
  session.on("error", () => {});
  const delivered: PDU[] = [];
  session.on("deliver_sm", (pdu: PDU) => {
    delivered.push(pdu);
    session.send(pdu.response());
  });
  const ask = (command: string, fields: PduFields = {}): Promise<PDU> =>
    new Promise((resolve) => session.send(new smpp.PDU(command, fields), resolve));
  return { delivered, ask, end: () => session.destroy() };
}

async function rest(method: string, path: string, form?: Record<string, string>): Promise<Record<string, unknown>> {
  const credentials = Buffer.from(`${system.accountSid}:${system.authToken}`).toString("base64");
  const response = await fetch(system.baseUrl + path, {
    method,
    headers: { authorization: `Basic ${credentials}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${response.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

describe("a customer of a running system who speaks SMPP", () => {
  it("makes a credential, binds with it, sends a text that lands on a phone, and hears of it", async (t) => {
    const made = await rest("POST", "/trunkline/v1/Smpp/Credentials", { FriendlyName: "till", Inbound: "true" });
    const { delivered, ask, end } = await client();
    t.after(end);
    const { system_id, password } = made;
    assert.equal((await ask("bind_transceiver", { system_id, password })).command_status, 0);
    const sent = await ask("submit_sm", {
      source_addr_ton: 1,
      source_addr: system.from.slice(1),
      dest_addr_ton: 1,
      destination_addr: PHONE.slice(1),
      registered_delivery: 1,
      short_message: "by SMPP",
    });
    assert.equal(sent.command_status, 0);
    const sid = String(sent["message_id"]);
    await until("the receipt", () => delivered.length === 1);
    assert.equal(delivered[0]?.["receipted_message_id"], sid);
    assert.equal(delivered[0]?.["message_state"], 2);
    assert.deepEqual(
      (await system.phones(PHONE)).map(({ body }) => body),
      ["by SMPP"],
    );
    const message = await rest("GET", `/2010-04-01/Accounts/${system.accountSid}/Messages/${sid}.json`);
    assert.deepEqual(
      [message["status"], message["body"], message["direction"]],
      ["delivered", "by SMPP", "outbound-api"],
    );
    await rest("DELETE", `/trunkline/v1/Smpp/Credentials/${String(made["sid"])}`);
    const again = await client();
    t.after(again.end);
    assert.equal((await again.ask("bind_transceiver", { system_id, password })).command_status, 0x0e);
  });

  it("binds with its account SID and auth token", async (t) => {
    const { ask, end } = await client();
    t.after(end);
    const as = { system_id: system.accountSid, password: system.authToken };
    assert.equal((await ask("bind_receiver", as)).command_status, 0);
    assert.equal((await ask("unbind")).command_status, 0);
  });
});

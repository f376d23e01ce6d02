import assert from "node:assert/strict";
import { it } from "node:test";
import { MemoryNet } from "../../../../test/kit/memory-net.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import type { SmppCarrierSettings } from "../../../platform/config/index.ts";
import { SmppServer, type ServerSession } from "../../../platform/smpp/index.ts";
import { DataCoding, EsmClass, MessageState, type AnyPdu, type Pdu } from "../../../protocols/smpp/index.ts";
import type { Receipt } from "../records.ts";
import type { IncomingText } from "./carrier.ts";
import { SmppCarrier } from "./smpp.ts";
import { userReference } from "./smpp-reference.ts";

const SETTINGS: SmppCarrierSettings = {
  url: { tls: false, host: "memory", port: 2775, systemId: "esme", password: "secret" },
  tlsVerify: true,
  bind: "transceiver",
  binds: 1,
  window: 10,
  adaptiveWindow: true,
  interfaceVersion: "3.4",
  messagesPerSecond: undefined,
  systemType: "",
  addressRange: "",
  sourceTon: undefined,
  sourceNpi: undefined,
  destinationTon: undefined,
  destinationNpi: undefined,
  longMessages: "udh8",
  defaultAlphabet: "gsm7",
  ia5Alphabet: "ascii",
  userReference: false,
  messageIds: "as-is",
  receipts: "all",
  responseTimeoutMs: 10_000,
  enquireLinkMs: 30_000,
};
const SID = "SM00000000000000000000000000000001";

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function bound(change: Partial<SmppCarrierSettings>) {
  const net = new MemoryNet();
  const clock = new ManualClock();
  const submits: Pdu<"submit_sm">[] = [];
  const receipts: Receipt[] = [];
  const texts: IncomingText[] = [];
  const server = new SmppServer({
    net,
    clock,
    log: silentLogger,
    systemId: "smsc",
    authenticate: () => ({ accept: true }),
    onRequest: (_session, pdu: AnyPdu, respond) => {
      submits.push(pdu as Pdu<"submit_sm">);
      respond(0, { message_id: String(submits.length) });
    },
  });
  await server.listen({ host: "memory", port: 2775 });
  const settings = { ...SETTINGS, ...change, name: "memory", priority: 1, prefixes: [] };
  const carrier = new SmppCarrier({ settings, net, clock, logger: silentLogger });
  carrier.start({
    onCapacity: () => {},
    onReceipt: (receipt, settle) => {
      receipts.push(receipt);
      settle(true);
    },
    onText: (text, settle) => {
      texts.push(text);
      settle(true);
    },
  });
  await turns();
  const [session] = server.sessions;
  const submit = async (part: number, text: string, attempt?: number): Promise<void> => {
    const about = { sid: SID, from: "+15005550100", to: "+447700900123", text, part, validUntilMs: 60_000 };
    carrier.submit(attempt === undefined ? about : { ...about, attempt }, () => {});
    await turns();
  };
  return { carrier, session: session as ServerSession, submits, receipts, texts, submit };
}

it("asks for SMPP 5.0 where it is told to, and for 3.4 otherwise", async () => {
  assert.equal((await bound({ interfaceVersion: "5.0" })).session.interfaceVersion, 0x50);
  assert.equal((await bound({})).session.interfaceVersion, 0x34);
});

it("sends a reference that tells parts and attempts apart, and gives it back with the receipt", async () => {
  const { session, submits, receipts, submit } = await bound({ userReference: true });
  const long = "x".repeat(200);
  await submit(0, long, 1);
  await submit(1, long, 1);
  await submit(1, long, 2);
  const sent = submits.map((pdu) => pdu.body.tlvs?.user_message_reference);
  assert.deepEqual(sent, [userReference(SID, 0, 1), userReference(SID, 1, 1), userReference(SID, 1, 2)]);
  assert.equal(new Set(sent).size, 3);
  const tlvs = {
    receipted_message_id: "1",
    message_state: MessageState.DELIVERED,
    user_message_reference: sent[0],
  };
  session.deliver({ esm_class: EsmClass.TYPE_RECEIPT, tlvs }, () => {});
  await turns();
  assert.equal(receipts[0]?.reference, sent[0]);
});

it("sends no reference, and believes none, unless it is told to", async () => {
  const { session, submits, receipts, submit } = await bound({});
  await submit(0, "short");
  assert.equal(submits[0]?.body.tlvs, undefined);
  const tlvs = { receipted_message_id: "1", message_state: MessageState.DELIVERED, user_message_reference: 7 };
  session.deliver({ esm_class: EsmClass.TYPE_RECEIPT, tlvs }, () => {});
  await turns();
  assert.equal(receipts[0]?.reference, undefined);
});

it("reads data_coding 1 as ASCII, or as GSM-7 where the carrier means that", async () => {
  // In GSM-7 0x00 is @ and 0x01 is £.
  const body = { data_coding: DataCoding.IA5, short_message: Buffer.from("\0\x015", "latin1") };
  for (const [ia5Alphabet, text] of [
    ["gsm7", "@£5"],
    ["ascii", "\0\x015"],
  ] as const) {
    const { session, texts } = await bound({ ia5Alphabet, defaultAlphabet: "latin1" });
    session.deliver({ source_addr: "447700900123", destination_addr: "15005550100", ...body }, () => {});
    await turns();
    assert.equal(texts[0]?.text, text);
  }
});

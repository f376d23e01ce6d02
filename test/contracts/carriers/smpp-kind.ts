import { carrierBookOf } from "../../kit/carriers/carrier-book.ts";
import { SmppServer, type Respond, type ServerSession } from "../../../src/platform/smpp/index.ts";
import {
  CommandStatus,
  EsmClass,
  MessageState,
  receiptDate,
  writeReceiptText,
  type AnyPdu,
  type PduBodyInput,
} from "../../../src/protocols/smpp/index.ts";
import { decodeUserData } from "../../../src/protocols/sms/index.ts";
import { silentLogger } from "../../kit/silent-logger.ts";
import type { Behaviour, CarrierKind, CarrierWorld, Peer, PeerReceipt, Verdict } from "./rig.ts";
import { readSettings } from "./settings-file.ts";

const STATUSES: Readonly<Record<Verdict, number>> = {
  throttle: CommandStatus.ESME_RTHROTTLED,
  later: CommandStatus.ESME_RSYSERR,
  "other-route": CommandStatus.ESME_RSUBMITFAIL,
  permanent: CommandStatus.ESME_RINVDSTADR,
};

/** An SMSC in memory. */
class SmscFake implements Peer {
  readonly verdicts: readonly Verdict[] = ["throttle", "later", "other-route", "permanent"];
  readonly arrived: string[] = [];
  port = 0;
  private readonly world: CarrierWorld;
  private server: SmppServer;
  private session: ServerSession | undefined;
  private behaviour: Behaviour = { kind: "accept" };
  private held: (() => void)[] = [];
  private accepted = 0;

  constructor(world: CarrierWorld) {
    this.world = world;
    this.server = this.makeServer();
  }

  private makeServer(): SmppServer {
    return new SmppServer({
      net: this.world.net,
      clock: this.world.clock,
      log: silentLogger,
      systemId: "smsc",
      authenticate: () => ({ accept: true }),
      onRequest: (session, pdu, respond) => this.take(session, pdu, respond),
      onBound: (session) => {
        this.session = session;
      },
    });
  }

  async comeBack(): Promise<void> {
    this.server = this.makeServer();
    this.port = (await this.server.listen({ host: "memory", port: this.port })).port;
  }

  private take(session: ServerSession, pdu: AnyPdu, respond: Respond): void {
    if (pdu.command !== "submit_sm") return void respond(CommandStatus.ESME_RINVCMDID);
    const { data_coding: dataCoding, short_message: shortMessage, esm_class: esmClass } = pdu.body;
    const { text = "" } = decodeUserData({ dataCoding, shortMessage, udhi: (esmClass & EsmClass.UDHI) !== 0 });
    this.arrived.push(text);
    const accept = (): void => {
      const id = this.nextId();
      this.accepted += 1;
      respond(CommandStatus.ESME_ROK, { message_id: id });
    };
    const { behaviour } = this;
    if (behaviour.kind === "accept") accept();
    else if (behaviour.kind === "refuse") respond(STATUSES[behaviour.verdict]);
    else if (behaviour.kind === "hold") this.held.push(accept);
    else session.destroy("severed");
  }

  nextId(): string {
    return String(this.accepted + 1);
  }

  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
  }

  answerHeld(): void {
    for (const accept of this.held.splice(0)) accept();
  }

  async leave(): Promise<void> {
    await this.server.close(0);
  }

  giveReceipt({ id, result }: PeerReceipt): Promise<boolean> {
    const state = result === "delivered" ? "DELIVERED" : "UNDELIVERABLE";
    const date = receiptDate(this.world.clock.nowMs());
    const text = writeReceiptText({ id, state, submitDate: date, doneDate: date });
    return this.deliver({
      source_addr: "447700900123",
      destination_addr: "15005550100",
      esm_class: EsmClass.TYPE_RECEIPT,
      short_message: Buffer.from(text, "latin1"),
      tlvs: { receipted_message_id: id, message_state: MessageState[state] },
    });
  }

  giveText({ from, to, text }: { from: string; to: string; text: string }): Promise<boolean> {
    return this.deliver({
      source_addr_ton: 1,
      source_addr: from.slice(1),
      dest_addr_ton: 1,
      destination_addr: to.slice(1),
      short_message: Buffer.from(text, "latin1"),
    });
  }

  private deliver(body: PduBodyInput["deliver_sm"]): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.session === undefined) throw new Error("nobody is bound");
      this.session.deliver(body, (outcome) => {
        resolve(outcome.kind === "response" && outcome.status === CommandStatus.ESME_ROK);
      });
    });
  }

  stop(): Promise<void> {
    return this.leave();
  }
}

/** A carrier by SMPP. */
export const smppKind: CarrierKind = {
  name: "smpp",
  type: "smpp",
  window: 10,
  timeoutMs: 2_000,
  hasPeer: true,
  isWhole: false,
  make: async (world) => {
    const peer = new SmscFake(world);
    await peer.comeBack();
    const { carriers } = readSettings(
      `carriers: [{ type: smpp, name: north, url: "smpp://a:b@memory:${peer.port}", window: 10, responseTimeoutMs: 2000, enquireLinkMs: 3600000 }]`,
    );
    const { net, clock } = world;
    const [carrier] = carrierBookOf(carriers, { net, clock }).running;
    if (carrier === undefined) throw new Error("no carrier");
    return { carrier, peer };
  },
};

import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { CommandStatus } from "../../src/protocols/smpp/index.ts";
import { SandboxCarrier, type CarrierKind } from "../kit/carriers/index.ts";
import type { SeededRandom } from "../kit/smpp-pdus.ts";

/** How a carrier behaves for a while. */
export type Weather = "calm" | "refusing" | "losing" | "throttling";

type Surroundings = Parameters<CarrierKind["create"]>[0];
type ArrivedSubmit = Parameters<ReturnType<CarrierKind["create"]>["onSubmit"]>[0];

/** Recipients that no carrier knows, and recipients for whom every carrier is too busy. Digits only. */
export const UNKNOWN_PREFIX = "1206666";
export const BUSY_PREFIX = "1206777";

const ANSWER_MS = { low: 0, high: 20 };
const RECEIPT_MS = { low: 1, high: 500 };
/** One receipt in so many is late, by the longer time. */
const LATE_SHARE = 10;
const LATE_MS = 1_500;
/** One answer in so many is lost, or is that it goes too fast. */
const FAULT_SHARE = 3;

/**
 * A carrier of one night, whose weather changes. What it wrote down of each submit is the
 * truth that the books are compared with. It lives in the test's process and survives the
 * system.
 */
export class NightCarrier {
  readonly name: string;
  readonly smsc: SandboxCarrier;
  weather: Weather = "calm";
  private connection: ArrivedSubmit["connection"] | undefined;

  constructor(name: string, random: SeededRandom) {
    this.name = name;
    const kind: CarrierKind = {
      about: "has weather",
      delivers: true,
      create: (surroundings) => ({ onSubmit: (submit) => this.take(surroundings, submit) }),
    };
    this.smsc = new SandboxCarrier({ kind, net: systemNet, clock: systemClock, random });
  }

  /** What it took: everything that it did not refuse. */
  get taken() {
    return this.smsc.ledger.submits.filter(({ answer }) => answer?.kind !== "refused");
  }

  /** Brings a text to the system; resolves to whether it was taken. */
  text(from: string, to: string, body: string): Promise<boolean> {
    const { connection } = this;
    if (connection === undefined || !connection.isAlive) return Promise.resolve(false);
    const pdu = { source_addr: from, destination_addr: to, short_message: Buffer.from(body, "latin1") };
    return new Promise((resolve) => connection.deliver(pdu, (status) => resolve(status === CommandStatus.ESME_ROK)));
  }

  private take({ random, after }: Surroundings, submit: ArrivedSubmit): void {
    this.connection = submit.connection;
    const { to } = submit.taken;
    if (to.startsWith(UNKNOWN_PREFIX)) return submit.refuse(CommandStatus.ESME_RINVDSTADR);
    if (to.startsWith(BUSY_PREFIX)) return submit.refuse(CommandStatus.ESME_RTHROTTLED);
    if (this.weather === "refusing") return submit.refuse(CommandStatus.ESME_RSUBMITFAIL);
    const isFault = random.oneIn(FAULT_SHARE);
    if (isFault && this.weather === "throttling") return submit.refuse(CommandStatus.ESME_RTHROTTLED);
    const answerMs = random.between(ANSWER_MS.low, ANSWER_MS.high);
    if (!isFault || this.weather !== "losing") after(answerMs, () => submit.accept());
    const receiptMs = random.oneIn(LATE_SHARE) ? LATE_MS : random.between(RECEIPT_MS.low, RECEIPT_MS.high);
    after(answerMs + receiptMs, () => submit.owe());
  }
}

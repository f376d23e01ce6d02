import { ManualClock } from "../../src/adapters/memory/index.ts";
import { MemoryPhoneStore, Simulator } from "../../src/modules/simulator/index.ts";
import type { PhoneEntry, PhoneStore, SimulatorEvent, SimulatorOptions } from "../../src/modules/simulator/index.ts";
import { SmppClient } from "../../src/platform/smpp/index.ts";
import type { DeliveryPdu, Outcome, SmppClientOptions } from "../../src/platform/smpp/index.ts";
import { readReceipt } from "../../src/protocols/smpp/index.ts";
import type { PduBodyInput } from "../../src/protocols/smpp/index.ts";
import { MemoryNet } from "./memory-net.ts";
import { silentLogger } from "./silent-logger.ts";

/** The application's number and the phone's, unless a test says otherwise. */
export const FROM = "15005550100";
export const PHONE = "447700900123";

/** A store that a second carrier can be started from. */
export class KeptStore implements PhoneStore {
  entries: unknown[] = [];
  get entryCount(): number {
    return this.entries.length;
  }
  load(onEntry: (entry: unknown) => void): Promise<void> {
    for (const entry of structuredClone(this.entries)) onEntry(entry);
    return Promise.resolve();
  }
  append(entry: PhoneEntry): void {
    this.entries.push(entry);
  }
  compact(entries: Iterable<PhoneEntry>): Promise<void> {
    this.entries = [...entries];
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A simulated carrier and applications on it, in memory and on one clock, with what happens written down. */
export class SimulatorWorld {
  readonly clock = new ManualClock();
  readonly net = new MemoryNet();
  readonly simulator: Simulator;
  readonly events: SimulatorEvent[] = [];
  readonly outcomes: Outcome<"submit_sm">[] = [];
  readonly deliveries: DeliveryPdu[] = [];
  /** What happened at the application, in order. */
  readonly story: string[] = [];
  port = 0;
  answer: number | undefined = 0;

  constructor(options: Partial<SimulatorOptions> = {}, store: PhoneStore = new MemoryPhoneStore()) {
    const deps = { net: this.net, clock: this.clock, log: silentLogger, store };
    this.simulator = new Simulator(deps, { host: "memory", port: 0, ...options });
    this.simulator.onEvent((event) => this.events.push(event));
  }

  async start(): Promise<void> {
    this.port = (await this.simulator.start()).port;
  }

  async bind(options: Partial<SmppClientOptions> = {}): Promise<SmppClient> {
    const client = new SmppClient({
      net: this.net,
      clock: this.clock,
      log: silentLogger,
      host: "memory",
      port: this.port,
      systemId: "app",
      password: "secret",
      bind: "transceiver",
      window: 100,
      timers: { responseMs: 5_000, enquireLinkMs: 0 },
      onDeliver: (pdu, respond) => {
        this.deliveries.push(pdu);
        this.story.push(readReceipt(pdu.body) === undefined ? "text" : "receipt");
        if (this.answer !== undefined) respond(this.answer);
      },
      ...options,
    });
    client.start();
    await turns();
    return client;
  }

  submit(client: SmppClient, fields: Partial<PduBodyInput["submit_sm"]> = {}): void {
    const body = {
      source_addr: FROM,
      destination_addr: PHONE,
      registered_delivery: 1,
      short_message: Buffer.from("hello"),
      ...fields,
    };
    client.send(body, (outcome) => {
      this.outcomes.push(outcome);
      this.story.push("response");
    });
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceSettling(ms);
    await turns();
  }

  statuses(): (number | string)[] {
    return this.outcomes.map((outcome) => (outcome.kind === "response" ? outcome.status : outcome.kind));
  }
}

/** A carrier with one application bound as a transceiver. */
export async function started(
  options: Partial<SimulatorOptions> = {},
  store?: PhoneStore,
): Promise<{ world: SimulatorWorld; client: SmppClient }> {
  const world = new SimulatorWorld(options, store);
  await world.start();
  return { world, client: await world.bind() };
}

/** Lets the streams run. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

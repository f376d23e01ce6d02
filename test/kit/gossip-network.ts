import { ManualClock } from "../../src/adapters/memory/index.ts";
import type { Clock, DatagramAddress, Datagrams, Timer } from "../../src/platform/ports.ts";
import { seededRandom } from "./seeded-random.ts";

/** How the simulated network treats packets. */
export interface NetworkFaults {
  /** The least and the most time that a packet takes; between them by chance, so that packets overtake each other. */
  readonly delayMs?: readonly [least: number, most: number];
  /** The share of packets that are lost. */
  readonly loss?: number;
  /** The share of packets that arrive twice. */
  readonly duplication?: number;
}

/** A machine of the simulated network: its own clock, and the UDP port that it binds. */
export interface SimulatedHost {
  readonly name: string;
  readonly clock: Clock;
  readonly datagrams: Datagrams;
}

interface Host extends SimulatedHost {
  readonly address: string;
  /** Undefined while it runs; what waits until it runs on. */
  held: (() => void)[] | undefined;
  isDown: boolean;
  receive: ((payload: Uint8Array, from: DatagramAddress) => void) | undefined;
}

/**
 * UDP between hosts in one process, in simulated time and by one seed: delay, loss,
 * duplication, reordering, partitions, skewed clocks, hosts that pause or go down.
 */
export class GossipNetwork {
  readonly random: () => number;
  readonly time = new ManualClock();
  faults: NetworkFaults = {};
  /** Called after each packet that a host has received. */
  afterDelivery: (hostName: string) => void = () => {};
  /** Called with each packet that is sent. */
  onSend: (payload: Uint8Array) => void = () => {};
  delivered = 0;
  /** Packets to addresses that belong to no host. */
  toNobody = 0;
  readonly #hosts = new Map<string, Host>();
  readonly #byAddress = new Map<string, Host>();
  #groups: readonly ReadonlySet<string>[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Adds a host, or starts one anew that went down: without anything that it had. Its wall clock is off by `skewMs`. */
  host(name: string, skewMs = 0): SimulatedHost {
    const address = this.#hosts.get(name)?.address ?? `10.0.${this.#hosts.size >> 8}.${this.#hosts.size & 255}`;
    const host: Host = {
      name,
      address,
      held: undefined,
      isDown: false,
      receive: undefined,
      clock: {
        nowMs: () => this.time.nowMs() + skewMs,
        monotonicMs: () => this.time.monotonicMs(),
        after: (delayMs, run) => this.#after(host, delayMs, run),
      },
      datagrams: {
        bind: ({ port }, onDatagram) => {
          host.receive = onDatagram;
          const send = (payload: Uint8Array, to: DatagramAddress): void => this.#send(host, payload, to);
          return Promise.resolve({ host: address, port, send, close: () => this.#close(host) });
        },
      },
    };
    this.#hosts.set(name, host);
    this.#byAddress.set(address, host);
    return host;
  }

  /** The address of a host. */
  addressOf(name: string): string {
    return (this.#hosts.get(name) as Host).address;
  }

  /** A host ends without a word: nothing that it had planned happens. */
  crash(name: string): void {
    (this.#hosts.get(name) as Host).isDown = true;
  }

  /** A host stands still, its packets wait for it, and then it goes on as if no time had passed. */
  pause(name: string, ms: number): void {
    const host = this.#hosts.get(name) as Host;
    host.held ??= [];
    this.time.after(ms, () => {
      const held = host.held ?? [];
      host.held = undefined;
      for (const run of held) run();
    });
  }

  /** From now on only hosts of one group reach each other; those that no group names are one more. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#groups = groups.map((group) => new Set(group));
  }

  heal(): void {
    this.#groups = [];
  }

  /** Sends something from an address that belongs to nobody. */
  inject(payload: Uint8Array, toHost: string, from: DatagramAddress): void {
    const host = this.#hosts.get(toHost) as Host;
    this.#deliver(host, payload, from);
  }

  #after(host: Host, delayMs: number, run: () => void): Timer {
    let isCancelled = false;
    const fire = (): void => {
      if (host.isDown || isCancelled) return;
      if (host.held === undefined) run();
      else host.held.push(fire);
    };
    this.time.after(delayMs, fire);
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }

  #send(from: Host, payload: Uint8Array, to: DatagramAddress): void {
    const { delayMs: [least, most] = [1, 1], loss = 0, duplication = 0 } = this.faults;
    const target = this.#byAddress.get(to.host);
    this.onSend(payload);
    if (target === undefined) this.toNobody += 1;
    if (from.isDown || target === undefined || !this.#connected(from, target)) return;
    if (this.random() < loss) return;
    const source = { host: from.address, port: to.port };
    for (let copies = this.random() < duplication ? 2 : 1; copies > 0; copies -= 1) {
      const takesMs = least + this.random() * (most - least);
      this.time.after(takesMs, () => {
        if (this.#connected(from, target)) this.#deliver(target, payload, source);
      });
    }
  }

  #deliver(host: Host, payload: Uint8Array, from: DatagramAddress): void {
    const receive = (): void => {
      if (host.isDown || host.receive === undefined) return;
      host.receive(payload, from);
      this.delivered += 1;
      this.afterDelivery(host.name);
    };
    if (host.held === undefined) receive();
    else host.held.push(receive);
  }

  #connected(from: Host, to: Host): boolean {
    const groupOf = ({ name }: Host): number => this.#groups.findIndex((group) => group.has(name));
    return groupOf(from) === groupOf(to);
  }

  #close(host: Host): Promise<void> {
    host.receive = undefined;
    return Promise.resolve();
  }
}

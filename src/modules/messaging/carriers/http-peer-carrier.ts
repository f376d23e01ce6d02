import type { HttpPeerSettings, MaintenanceWindow } from "../../../platform/config/index.ts";
import type { Clock, Net } from "../../../platform/ports.ts";
import { bareAddress } from "../address.ts";
import type { SubmitOutcome } from "../records.ts";
import type { Carrier, CarrierEndpoint, CarrierListener, CarrierStatus, Submission } from "./carrier.ts";
import { EndpointWork } from "./endpoint-work.ts";
import { HttpPeer } from "./http-peer.ts";
import type { CarrierCommon } from "./smpp.ts";
import type { CarrierTraces, HttpTap } from "./traces/index.ts";

export interface HttpPeerCarrierOptions {
  readonly settings: CarrierCommon & HttpPeerSettings;
  readonly net: Net;
  readonly clock: Clock;
  readonly maxAnswerOctets: number;
  /** Whether a request may be made again on a new connection when a kept one turns out to be closed. */
  readonly retryStale: boolean;
  /** Where what is said is written down, for a while, and the texts that are not. */
  readonly traces?: CarrierTraces | undefined;
  readonly secrets?: readonly string[] | undefined;
}

/** What carriers have in common that are reached by requests over HTTP and call back over HTTP. */
export abstract class HttpPeerCarrier implements Carrier {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly priority: number;
  readonly messagesPerSecond: number | undefined;
  readonly maintenance: readonly MaintenanceWindow[];
  protected readonly peer: HttpPeer;
  protected readonly work: EndpointWork;
  protected listener: CarrierListener | undefined;
  private readonly type: string;
  private readonly tap: HttpTap | undefined;

  protected constructor(type: string, options: HttpPeerCarrierOptions) {
    const { settings, net, clock, maxAnswerOctets, retryStale } = options;
    this.type = type;
    this.name = settings.name;
    this.prefixes = settings.prefixes.map(bareAddress);
    this.priority = settings.priority;
    this.messagesPerSecond = settings.messagesPerSecond;
    this.maintenance = settings.maintenance ?? [];
    this.work = new EndpointWork(clock);
    this.tap = options.traces?.http(settings.name, options.secrets ?? []);
    this.peer = new HttpPeer({
      net,
      clock,
      maxInFlight: settings.maxInFlight,
      connectTimeoutMs: settings.connectTimeoutMs,
      responseTimeoutMs: settings.responseTimeoutMs,
      maxAnswerOctets,
      tlsVerify: settings.tlsVerify,
      retryStale,
      tap: this.tap,
      onChange: () => this.listener?.onCapacity(),
    });
  }

  abstract countParts(sid: string, text: string): number;
  abstract submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void;
  protected abstract ownEndpoints(): readonly CarrierEndpoint[];

  endpoints(): readonly CarrierEndpoint[] {
    const { tap } = this;
    const own = this.ownEndpoints();
    return tap === undefined ? own : own.map((endpoint) => tappedEndpoint(endpoint, tap));
  }

  start(listener: CarrierListener): void {
    this.listener = listener;
    listener.onCapacity();
  }

  get up(): boolean {
    return this.listener !== undefined && this.peer.up;
  }

  capacity(): number {
    return this.listener === undefined ? 0 : this.peer.capacity();
  }

  status(): CarrierStatus {
    return { name: this.name, type: this.type, up: this.up, binds: [this.peer.state()] };
  }

  async close(): Promise<void> {
    this.work.close();
    await this.peer.close();
  }
}

/** An endpoint whose calls are seen once their caller has proved who he is. */
function tappedEndpoint(endpoint: CarrierEndpoint, tap: HttpTap): CarrierEndpoint {
  return {
    ...endpoint,
    run: async (call) => {
      let body: Uint8Array = new Uint8Array(0);
      const readBody = async (maxOctets: number): ReturnType<typeof call.readBody> => {
        const read = await call.readBody(maxOctets);
        body = read;
        return read;
      };
      const answer = await endpoint.run({ ...call, readBody });
      if (answer.status < 300) tap.called({ method: call.method, target: call.target, body });
      return answer;
    },
  };
}

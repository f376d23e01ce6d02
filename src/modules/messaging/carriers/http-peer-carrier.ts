import type { HttpPeerSettings, MaintenanceWindow } from "../../../platform/config/index.ts";
import type { Clock, Net } from "../../../platform/ports.ts";
import { bareAddress } from "../address.ts";
import type { SubmitOutcome } from "../records.ts";
import type { Carrier, CarrierEndpoint, CarrierListener, CarrierStatus, Submission } from "./carrier.ts";
import { EndpointWork } from "./endpoint-work.ts";
import { HttpPeer } from "./http-peer.ts";
import type { CarrierCommon } from "./smpp.ts";

export interface HttpPeerCarrierOptions {
  readonly settings: CarrierCommon & HttpPeerSettings;
  readonly net: Net;
  readonly clock: Clock;
  readonly maxAnswerOctets: number;
  /** Whether a request may be made again on a new connection when a kept one turns out to be closed. */
  readonly retryStale: boolean;
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

  protected constructor(type: string, options: HttpPeerCarrierOptions) {
    const { settings, net, clock, maxAnswerOctets, retryStale } = options;
    this.type = type;
    this.name = settings.name;
    this.prefixes = settings.prefixes.map(bareAddress);
    this.priority = settings.priority;
    this.messagesPerSecond = settings.messagesPerSecond;
    this.maintenance = settings.maintenance ?? [];
    this.work = new EndpointWork(clock);
    this.peer = new HttpPeer({
      net,
      clock,
      maxInFlight: settings.maxInFlight,
      connectTimeoutMs: settings.connectTimeoutMs,
      responseTimeoutMs: settings.responseTimeoutMs,
      maxAnswerOctets,
      tlsVerify: settings.tlsVerify,
      retryStale,
      onChange: () => this.listener?.onCapacity(),
    });
  }

  abstract countParts(sid: string, text: string): number;
  abstract submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void;
  abstract endpoints(): readonly CarrierEndpoint[];

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

import type { Clock, Connection, Listener, Net } from "../../src/platform/ports.ts";
import type { TraceLine } from "./trace.ts";

const CONNECT_TIMEOUT_MS = 1_000;
/** Beyond this a trace is no longer something to keep. */
const MAX_LINES = 20_000;

/** Stands between a system and a carrier and writes down what passes, one line for each PDU. */
export class TraceRecorder {
  readonly lines: TraceLine[] = [];
  private readonly net: Net;
  private readonly clock: Clock;
  private readonly startMs: number;
  private listener: Listener | undefined;
  private connections = 0;

  constructor(ports: { readonly net: Net; readonly clock: Clock }) {
    this.net = ports.net;
    this.clock = ports.clock;
    this.startMs = ports.clock.monotonicMs();
  }

  /** Resolves to the port on which the carrier at `port` is reached from now on. */
  async start(port: number): Promise<number> {
    this.listener = await this.net.listen({ host: "127.0.0.1", port: 0 }, (system) => void this.join(system, port));
    return this.listener.port;
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }

  private async join(system: Connection, port: number): Promise<void> {
    this.connections += 1;
    const connection = this.connections;
    this.note("open", connection);
    const carrier = await this.net.dial({ host: "127.0.0.1", port, connectTimeoutMs: CONNECT_TIMEOUT_MS });
    const out = new Framer((octets) => this.note("out", connection, octets));
    const back = new Framer((octets) => this.note("in", connection, octets));
    system.on("data", (chunk: Buffer) => {
      out.push(chunk);
      if (!carrier.destroyed) carrier.write(chunk);
    });
    carrier.on("data", (chunk: Buffer) => {
      back.push(chunk);
      if (!system.destroyed) system.write(chunk);
    });
    for (const end of [system, carrier]) end.on("error", () => {});
    system.on("close", () => carrier.destroy());
    carrier.on("close", () => {
      if (system.destroyed) return;
      back.end();
      this.note("cut", connection);
      system.destroy();
    });
  }

  private note(direction: TraceLine["direction"], connection: number, octets?: Buffer): void {
    if (this.lines.length >= MAX_LINES) throw new Error(`a trace of more than ${MAX_LINES} lines`);
    const atMs = Math.round(this.clock.monotonicMs() - this.startMs);
    this.lines.push({
      direction,
      atMs,
      connection,
      ...(octets === undefined ? {} : { pdu: octets.toString("hex") }),
    });
  }
}

/** Cuts octets into PDUs, without reading them. */
class Framer {
  private readonly onPdu: (octets: Buffer) => void;
  private held: Buffer = Buffer.alloc(0);

  constructor(onPdu: (octets: Buffer) => void) {
    this.onPdu = onPdu;
  }

  push(chunk: Buffer): void {
    this.held = Buffer.concat([this.held, chunk]);
    while (this.held.length >= 4 && this.held.length >= Math.max(16, this.held.readUInt32BE(0))) {
      const octets = Math.max(16, this.held.readUInt32BE(0));
      this.onPdu(this.held.subarray(0, octets));
      this.held = this.held.subarray(octets);
    }
  }

  /** What is left is the beginning of a PDU that never came whole. */
  end(): void {
    if (this.held.length > 0) this.onPdu(this.held);
  }
}

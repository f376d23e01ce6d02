/** HTTP/2 frames by hand (RFC 9113 §4, RFC 7541), for clients that no library would be. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Header fields, each written out, without indexing and without Huffman coding (RFC 7541 §6.2.2). */
export function headerBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), ...literal(name), ...literal(value)]));
}

function literal(text: string): Buffer[] {
  const octets = Buffer.from(text, "latin1");
  const length: number[] = [];
  let left = octets.length;
  if (left < 127) {
    length.push(left);
  } else {
    length.push(127);
    for (left -= 127; left >= 128; left >>= 7) length.push((left & 127) | 128);
    length.push(left);
  }
  return [Buffer.from(length), octets];
}

/** The four pseudo-header fields of a request. */
export function requestFields(path = "/", method = "GET"): (readonly [string, string])[] {
  return [
    [":method", method],
    [":scheme", "http"],
    [":path", path],
    [":authority", "a.test"],
  ];
}

/** What a server did to one connection. */
export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A client that sends any frames and keeps those that come back. */
export class RawHttp2 {
  readonly socket: Socket;
  readonly frames: Received[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("close", () => this.#wake());
  }

  /** Connects, and sends the preface with empty settings. */
  static async open(port: number, settings: Buffer = Buffer.alloc(0)): Promise<RawHttp2> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const client = new RawHttp2(socket);
    client.send(PREFACE, frame(SETTINGS, 0, 0, settings));
    return client;
  }

  send(...frames: readonly Buffer[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(frames));
  }

  /** Resolves when `condition` holds; rejects when the connection has ended before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.destroyed) throw new Error("the connection has ended");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when the connection has ended. */
  async end(): Promise<void> {
    while (!this.socket.destroyed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Frames of a type that came, on a stream if it is given. */
  of(type: number, stream?: number): Received[] {
    return this.frames.filter((each) => each.type === type && (stream === undefined || each.stream === stream));
  }

  /** The error codes of the GOAWAY frames that came (RFC 9113 §7). */
  goaways(): number[] {
    return this.of(GOAWAY).map((each) => each.payload.readUInt32BE(4));
  }

  /** The error codes with which a stream was reset. */
  resets(stream: number): number[] {
    return this.of(RST_STREAM, stream).map((each) => each.payload.readUInt32BE(0));
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const octets = this.#rest.readUIntBE(0, 3) + 9;
      if (this.#rest.length < octets) break;
      this.frames.push({
        type: this.#rest[3] ?? 0,
        flags: this.#rest[4] ?? 0,
        stream: this.#rest.readUInt32BE(5) & 0x7fffffff,
        payload: this.#rest.subarray(9, octets),
      });
      this.#rest = this.#rest.subarray(octets);
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

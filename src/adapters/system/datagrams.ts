import * as dgram from "node:dgram";
import * as net from "node:net";
import type { DatagramAddress, Datagrams, DatagramSocket } from "../../platform/ports.ts";

/** What the kernel keeps for a process that is busy; it doubles this for its own book-keeping. */
const RECEIVE_BUFFER_OCTETS = 512 * 1024;

/** The system's UDP. Errors of `bind` are Node's own, with their `code`; a datagram that cannot be sent is lost. */
export const systemDatagrams: Datagrams = { bind };

function bind(
  address: DatagramAddress,
  onDatagram: (payload: Uint8Array, from: DatagramAddress) => void,
): Promise<DatagramSocket> {
  const family = net.isIP(address.host) === 6 ? 6 : 4;
  const socket = dgram.createSocket({
    type: family === 6 ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER_OCTETS,
    // Only addresses are sent to. Node would otherwise ask its resolver for each packet, in a later turn.
    lookup: (host, _options, done) => done(null, host, family),
  });
  return new Promise((accept, reject) => {
    socket.once("error", reject);
    socket.bind(address.port, address.host, () => {
      socket.off("error", reject);
      // What Node tells of a datagram that it could not send.
      socket.on("error", () => {});
      socket.on("message", (payload, { address: host, port }) => onDatagram(payload, { host, port }));
      const bound = socket.address();
      accept(new SystemDatagramSocket(socket, { host: bound.address, port: bound.port }));
    });
  });
}

class SystemDatagramSocket implements DatagramSocket {
  readonly host: string;
  readonly port: number;
  readonly #socket: dgram.Socket;
  #isOpen = true;

  constructor(socket: dgram.Socket, { host, port }: DatagramAddress) {
    this.#socket = socket;
    this.host = host;
    this.port = port;
  }

  send(payload: Uint8Array, to: DatagramAddress): void {
    // Without a callback Node plans nothing for afterwards, which costs as much as sending does.
    if (this.#isOpen) this.#socket.send(payload, to.port, to.host);
  }

  close(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    this.#isOpen = false;
    return new Promise((closed) => {
      this.#socket.close(() => closed());
    });
  }
}

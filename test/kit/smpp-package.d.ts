/** The part of the npm package `smpp` (which ships no types) that the tests use as an independent peer. */
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";

  export interface PduFields {
    command_status?: number;
    sequence_number?: number;
    [field: string]: unknown;
  }

  export interface PDU extends PduFields {
    command: string;
    command_length: number;
    command_id: number;
    command_status: number;
    sequence_number: number;
    isResponse(): boolean;
    response(fields?: PduFields): PDU;
    toBuffer(): Buffer;
  }

  export interface Session extends EventEmitter {
    socket: Socket;
    send(pdu: PDU, onResponse?: (pdu: PDU) => void, onSent?: (pdu: PDU) => void): boolean;
    close(onClosed?: () => void): void;
    destroy(onClosed?: () => void): void;
    pause(): void;
    resume(): void;
  }

  export interface Server extends EventEmitter {
    listen(port: number, host: string, onListening?: () => void): this;
    address(): { port: number };
    close(onClosed?: () => void): this;
  }

  const smpp: {
    PDU: new (command: string | Buffer, fields?: PduFields) => PDU;
    connect(options: { url?: string; host?: string; port?: number }, onConnect?: () => void): Session;
    createServer(options: object, onSession: (session: Session) => void): Server;
  };
  export default smpp;
}

import net, { type AddressInfo, type Server, type Socket } from "node:net";
import { numberOf } from "./addresses.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n";

/** Hears one callback: which message it is about and the status it tells. */
export type OnCallback = (number: number, status: string) => void;

/** What Kannel says by number: the message is delivered, or the carrier has it. */
const KANNEL_STATUS: Readonly<Record<string, string>> = { 1: "delivered", 8: "sent" };

/**
 * Answers every request with 200 at once, over connections that stay open. Understands
 * the status callbacks of Trunkline (a form with `To` and `MessageStatus`) and those that
 * are asked of Kannel (`?number=…&status=…`). It parses what it needs and no more, because
 * it shares the machine with what is measured.
 */
export class CallbackSink {
  /** Callbacks of Trunkline without a signature. */
  unsigned = 0;
  private readonly onCallback: OnCallback;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(onCallback: OnCallback) {
    this.onCallback = onCallback;
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  private accept(socket: Socket): void {
    let pending = "";
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      let answers = "";
      for (;;) {
        const headEnd = pending.indexOf("\r\n\r\n");
        if (headEnd < 0) break;
        const head = pending.slice(0, headEnd);
        const end = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        if (pending.length < end) break;
        this.read(head, pending.slice(headEnd + 4, end));
        answers += OK;
        pending = pending.slice(end);
      }
      if (answers !== "") socket.write(answers);
    });
  }

  private read(head: string, body: string): void {
    const to = /(?:^|&)To=(?:%2B)?(\d+)/.exec(body)?.[1];
    if (to !== undefined) {
      if (!/\r\nx-twilio-signature: /i.test(head)) this.unsigned += 1;
      this.onCallback(numberOf(to), /(?:^|&)MessageStatus=(\w+)/.exec(body)?.[1] ?? "none");
      return;
    }
    const query = /^GET \S*[?&]number=(\d+)&status=(\d+)/.exec(head);
    if (query === null) return;
    const status = query[2] ?? "none";
    this.onCallback(Number(query[1]), KANNEL_STATUS[status] ?? `dlr-${status}`);
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

import { connect } from "node:net";
import type { Socket } from "node:net";

const CONNECT_LIMIT_MS = 10_000;
const IDLE_LIMIT_MS = 300_000;

/** One connection passed through to somebody else. */
export interface TunnelRequest {
  readonly client: Socket;
  readonly host: string;
  readonly port: number;
  /** Sent to the far side first. */
  readonly onward: string | undefined;
  /** The far side accepted; nothing has been passed on yet. */
  readonly onOpen: () => void;
  /** The far side cannot be reached; the client is still there. */
  readonly onUnreachable: (code: string) => void;
}

/** Tunnels of one front, at most `max` at once. */
export class Tunnels {
  readonly #max: number;
  readonly #open = new Set<Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#open.size >= this.#max;
  }

  /** Connects, then passes octets both ways, no faster than the slower side reads, until both ends are done. */
  open(request: TunnelRequest): void {
    const { client, host, port, onward } = request;
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.#open.add(far);
    far.once("close", () => this.#open.delete(far));
    far.setTimeout(CONNECT_LIMIT_MS, () => far.destroy(Object.assign(new Error("too slow"), { code: "ETIMEDOUT" })));
    const giveUp = (): void => void far.destroy();
    client.once("close", giveUp);
    const unreachable = (error: NodeJS.ErrnoException): void => {
      client.off("close", giveUp);
      request.onUnreachable(error.code ?? "no connection");
    };
    far.once("error", unreachable);
    far.once("connect", () => {
      far.off("error", unreachable);
      client.off("close", giveUp);
      request.onOpen();
      if (onward !== undefined) far.write(onward, "latin1");
      join(client, far);
      join(far, client);
      client.resume();
    });
  }

  close(): void {
    for (const far of this.#open) far.destroy();
  }
}

/** Passes on what `from` reads. A side that fails or closes takes the other with it, after what it still has to write. */
function join(from: Socket, to: Socket): void {
  from.setTimeout(IDLE_LIMIT_MS, () => from.destroy());
  from.once("error", () => to.destroy());
  from.once("close", () => to.destroySoon());
  from.pipe(to);
}

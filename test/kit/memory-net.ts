import type { Connection, DialTarget, Listener, Net } from "../../src/platform/ports.ts";
import { duplexPair } from "./duplex-pair.ts";

type OnConnection = (connection: Connection, peer: string) => void;

/** TCP within the process: whoever listens on a port is reached by dialling it. Names do not matter. */
export class MemoryNet implements Net {
  /** Every connection that was dialled, from the dialler's end. */
  readonly dialled: Connection[] = [];
  private readonly listening = new Map<number, OnConnection>();
  private lastPort = 40_000;

  dial(target: DialTarget): Promise<Connection> {
    const onConnection = this.listening.get(target.port);
    if (onConnection === undefined)
      return Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
    const [mine, theirs] = duplexPair();
    this.dialled.push(mine);
    setImmediate(() => onConnection(theirs, `memory:${this.dialled.length}`));
    return Promise.resolve(mine);
  }

  listen(address: { host: string; port: number }, onConnection: OnConnection): Promise<Listener> {
    this.lastPort += 1;
    const port = address.port === 0 ? this.lastPort : address.port;
    const open: Connection[] = [];
    this.listening.set(port, (connection, peer) => {
      open.push(connection);
      onConnection(connection, peer);
    });
    return Promise.resolve({
      host: address.host,
      port,
      close: () => {
        this.listening.delete(port);
        for (const connection of open) connection.destroy();
        return Promise.resolve();
      },
    });
  }

  resolve(name: string): Promise<string[]> {
    return Promise.resolve([name]);
  }
}

import { createAddressGuard, type AddressGuard } from "../../../platform/http-client/index.ts";
import type { Clock, Connection, DialTarget, Listener, Net } from "../../../platform/ports.ts";

/**
 * A network that connects only where a carrier may be that somebody gave over the API: the name is
 * looked up once, judged, and that very address is dialled. Rejects with an error whose `code` is
 * `address-not-allowed` for all others.
 */
export class GuardedNet implements Net {
  private readonly net: Net;
  private readonly guard: AddressGuard;

  constructor(options: { readonly net: Net; readonly clock: Clock; readonly allowPrivateNetworks: boolean }) {
    this.net = options.net;
    this.guard = createAddressGuard(options);
  }

  async dial(target: DialTarget): Promise<Connection> {
    const address = await this.guard.admit(target.host);
    try {
      return await this.net.dial({ ...target, host: address });
    } catch (error) {
      this.guard.pass(target.host, address);
      throw error;
    }
  }

  /** The address that would be dialled. */
  async admit(host: string): Promise<string> {
    return this.guard.admit(host);
  }

  listen(address: Parameters<Net["listen"]>[0], onConnection: Parameters<Net["listen"]>[1]): Promise<Listener> {
    return this.net.listen(address, onConnection);
  }

  resolve(name: string): Promise<string[]> {
    return this.net.resolve(name);
  }
}

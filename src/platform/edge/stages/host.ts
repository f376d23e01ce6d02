import { hostOf, type HttpResponse } from "../../http/index.ts";
import { productOfHost } from "../../hosts/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { Stage } from "../stage.ts";

/** Hosts whose product is remembered; beyond, it is found anew. */
const MAX_KNOWN_HOSTS = 1_000;
const MAX_KNOWN_CHARACTERS = 64;

/** Finds the host that the client meant, and the product of that. TLS was taken off before, by the front. */
export class HostStage implements Stage {
  readonly name = "host";
  private readonly products = new Map<string, string | undefined>();

  run(edge: EdgeRequest): HttpResponse | undefined {
    const host = hostOf(edge.request, edge.targetHost);
    edge.host = host;
    edge.product = this.products.has(host) ? this.products.get(host) : this.learn(host);
    return undefined;
  }

  private learn(host: string): string | undefined {
    const product = productOfHost(host);
    if (this.products.size < MAX_KNOWN_HOSTS && host.length <= MAX_KNOWN_CHARACTERS) this.products.set(host, product);
    return product;
  }
}

import { hostOf, type HttpResponse } from "../../http/index.ts";
import { productOfHost } from "../../hosts/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { LinkFinder } from "../ports.ts";
import type { Stage } from "../stage.ts";

/** Hosts whose product is remembered; beyond, it is found anew. */
const MAX_KNOWN_HOSTS = 1_000;
const MAX_KNOWN_CHARACTERS = 64;

/**
 * Finds the host that the client meant, and the product of that. TLS was taken off before, by the front.
 * Where the host is a link domain, nothing of the API is there: the request is of the class `link`, whatever its path.
 */
export class HostStage implements Stage {
  readonly name = "host";
  private readonly products = new Map<string, string | undefined>();
  private readonly links: LinkFinder | undefined;

  constructor(links?: LinkFinder) {
    this.links = links;
  }

  run(edge: EdgeRequest): HttpResponse | undefined {
    const host = hostOf(edge.request, edge.targetHost);
    edge.host = host;
    const site = this.links?.siteOf(host);
    if (site !== undefined) {
      edge.routeClass = "link";
      edge.linkSite = site;
      return undefined;
    }
    edge.product = this.products.has(host) ? this.products.get(host) : this.learn(host);
    return undefined;
  }

  private learn(host: string): string | undefined {
    const product = productOfHost(host);
    if (this.products.size < MAX_KNOWN_HOSTS && host.length <= MAX_KNOWN_CHARACTERS) this.products.set(host, product);
    return product;
  }
}

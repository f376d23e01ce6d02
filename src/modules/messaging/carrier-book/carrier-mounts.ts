import { headerOf, type HttpResponse, type Mount, type MountCall } from "../../../platform/http/index.ts";
import type { CarrierEndpoint } from "../carriers/index.ts";
import type { CarrierBook } from "./carrier-book.ts";

const NOT_FOUND: HttpResponse = { status: 404, headers: ["Cache-Control", "no-store"] };

/**
 * `/carriers/{carrier}/{endpoint}`, and the secret behind it: where carriers bring receipts and
 * texts over HTTP. Behind edges `prefix` stands before it, with the cell's name. Which carriers
 * there are is looked up at every call.
 */
export function carrierMounts(book: Pick<CarrierBook, "find">, prefix = ""): Mount[] {
  return (["GET", "POST"] as const).flatMap((method) =>
    [false, true].map((hasSecret): Mount => ({
      method,
      path: `${prefix}/carriers/{carrier}/{endpoint}${hasSecret ? "/{secret}" : ""}`,
      // A carrier has no account here: the endpoint checks who calls.
      access: "public",
      run: (call) => {
        const endpoint = find(book, call, { method, hasSecret });
        return endpoint === undefined ? NOT_FOUND : answer(endpoint, call);
      },
    })),
  );
}

function find(
  book: Pick<CarrierBook, "find">,
  { path }: MountCall,
  asked: Pick<CarrierEndpoint, "method" | "hasSecret">,
): CarrierEndpoint | undefined {
  const endpoints = book.find(path["carrier"] ?? "")?.carrier?.endpoints?.() ?? [];
  return endpoints.find(({ name, method, hasSecret }) => {
    return name === path["endpoint"] && method === asked.method && hasSecret === asked.hasSecret;
  });
}

async function answer(endpoint: CarrierEndpoint, { request, query, path }: MountCall): Promise<HttpResponse> {
  const { status, contentType, body, challenge } = await endpoint.run({
    method: request.method,
    target: pathOf(request.target),
    query,
    secret: path["secret"],
    header: (name) => headerOf(request.headers, name),
    readBody: (maxOctets) => request.readBody(maxOctets),
  });
  const headers = ["Cache-Control", "no-store"];
  if (contentType !== undefined) headers.push("Content-Type", contentType);
  if (challenge !== undefined) headers.push("WWW-Authenticate", challenge);
  return body === undefined ? { status, headers } : { status, headers, body };
}

/** A proxy may send the target in absolute form (RFC 9112 §3.2.2). */
function pathOf(target: string): string {
  return target.startsWith("/") ? target : target.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
}

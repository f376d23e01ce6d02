import type { Carrier, CarrierEndpoint } from "../modules/messaging/index.ts";
import { headerOf, type HttpResponse, type Mount, type MountCall } from "../platform/http/index.ts";

/**
 * `/carriers/{carrier}/{endpoint}`, and the secret behind it: where carriers bring receipts
 * and texts over HTTP. Behind edges the cell's name stands before it, see {@link cellPath}.
 */
export function carrierMounts(carriers: readonly Carrier[], prefix = ""): Mount[] {
  return carriers.flatMap((carrier) => {
    return (carrier.endpoints?.() ?? []).map((endpoint) => mountOf(`${prefix}/carriers/${carrier.name}`, endpoint));
  });
}

/** What the paths of a cell's own endpoints begin with, so that an edge knows to whom they belong. */
export function cellPath(cell: string): string {
  return `/cells/${cell}`;
}

function mountOf(path: string, endpoint: CarrierEndpoint): Mount {
  return {
    method: endpoint.method,
    path: `${path}/${endpoint.name}${endpoint.hasSecret ? "/{secret}" : ""}`,
    // A carrier has no account here: the endpoint checks who calls.
    access: "public",
    run: (call) => answer(endpoint, call),
  };
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

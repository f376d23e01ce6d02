import { isVendorHost } from "../../platform/hosts/index.ts";
import type { Call } from "../../platform/http/index.ts";
import type { ConsoleDeps } from "./deps.ts";

const HOST = /^https?:\/\/(\[[^\]]*\]|[^:/]*)/;

/** Where the browser that gets a link finds the console: where the request was sent to, unless that was a host of the API alone. */
export function baseUrlOfCall(
  { publicUrl }: Pick<ConsoleDeps, "publicUrl">,
  { baseUrl }: Pick<Call, "baseUrl">,
): string {
  const host = HOST.exec(baseUrl)?.[1] ?? "";
  return isVendorHost(host) ? publicUrl() : baseUrl;
}

import type { CellAddress } from "../../fleet/index.ts";

/** The value of `Host` for a cell (RFC 9110 §7.2); an IPv6 address stands in brackets. */
export function hostField({ host, port }: CellAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

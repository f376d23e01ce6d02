import type { CellAddress } from "../../fleet/index.ts";
import type { Exchange } from "./exchange.ts";

/** A question after a cell's health. `tell` hears once whether it was answered with anything but an error of the server. */
export function probeOf(address: CellAddress, deadlineMs: number, tell: (isWell: boolean) => void): Exchange {
  const head = `GET /healthz HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\n\r\n`;
  return {
    request: { method: "GET", head, body: undefined, stream: undefined, streamOctets: undefined },
    deadlineMs,
    isFresh: true,
    answered: ({ status, body }) => {
      if (typeof body === "object" && "destroy" in body) body.destroy();
      tell(status < 500);
    },
    failed: () => tell(false),
  };
}

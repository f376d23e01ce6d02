import type { CellAddress } from "../../fleet/index.ts";
import type { EndOfTurn } from "./end-of-turn.ts";
import { hostField } from "./host-field.ts";
import type { Exchange } from "./exchange.ts";
import { UpstreamConnection, type UpstreamHost } from "./upstream-connection.ts";

/** What a probe is made with. */
export interface ProbeInput {
  readonly address: CellAddress;
  /** For the connection, and once more for the answer. */
  readonly timeoutMs: number;
  readonly endOfTurn: EndOfTurn;
  readonly nowMs: () => number;
  /** Where the connection stands, so that its time limits are looked at and it ends with the others. */
  readonly connections: Set<UpstreamConnection>;
  /** Hears once whether the cell answered with anything but an error of the server. */
  readonly tell: (isWell: boolean) => void;
}

/** Asks a cell for its health over a connection of its own; customers' requests are not risked for that. */
export function probe(input: ProbeInput): void {
  const { address, timeoutMs, connections } = input;
  let isTold = false;
  const tell = (isWell: boolean): void => {
    if (isTold) return;
    isTold = true;
    input.tell(isWell);
  };
  let isSent = false;
  const host: UpstreamHost = {
    answerTimeoutMs: timeoutMs,
    endOfTurn: input.endOfTurn,
    nowMs: input.nowMs,
    onFree: (connection) => {
      if (isSent) return connection.close("lost", undefined);
      isSent = true;
      connection.carry(questionOf(address, input.nowMs() + timeoutMs, tell));
    },
    onGone: (connection) => {
      connections.delete(connection);
      tell(false);
    },
    onOutcome: () => undefined,
  };
  connections.add(new UpstreamConnection(address, input.nowMs() + timeoutMs, host));
}

function questionOf(address: CellAddress, deadlineMs: number, tell: (isWell: boolean) => void): Exchange {
  const head = `GET /healthz HTTP/1.1\r\nHost: ${hostField(address)}\r\n\r\n`;
  return {
    request: { method: "GET", head, body: undefined, stream: undefined, streamOctets: undefined },
    deadlineMs,
    isFresh: true,
    answered: ({ status, body }) => {
      tell(status < 500);
      if (typeof body === "object" && "destroy" in body) body.destroy();
    },
    failed: () => tell(false),
  };
}

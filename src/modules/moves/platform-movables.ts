import type { Cell } from "../../platform/cell/index.ts";
import type { Family, Movable, MovableEntry } from "../../platform/fleet/index.ts";
import { KEY_LIMITS, type KeyBook, type KeyRow, type KeysAdopted } from "../../platform/idempotency/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { WebhookState } from "../../platform/webhooks/index.ts";

/** Webhooks stay with the cell whose log asked for them: it sends them before the account's secrets leave it. */
export function webhookMovable(state: WebhookState): Movable {
  return {
    name: "webhooks",
    pending: ({ accountSids }) => {
      const own = new Set(accountSids);
      let pending = 0;
      for (const job of state.jobs.values()) if (own.has(job.accountSid)) pending += 1;
      return pending;
    },
  };
}

/** Keys that have so little of their day left are not taken along: they might be over on the way. */
const NEARLY_OVER_MS = 120_000;

/**
 * Idempotency keys go with the account, so that a request that one cell carried out is
 * answered by the other one. They stay in the old cell until their day is over.
 */
export function idempotencyMovable(book: KeyBook, deps: { readonly cell: () => Cell; readonly clock: Clock }): Movable {
  return {
    name: "idempotency",
    records: [
      {
        name: "idempotency keys",
        list: ({ accountSids }) => {
          const until = deps.clock.nowMs() - KEY_LIMITS.keptMs + NEARLY_OVER_MS;
          return accountSids.flatMap((sid) =>
            book
              .rowsOf(sid)
              .filter(({ sinceMs }) => sinceMs > until)
              .map((row): MovableEntry => [`${sid} ${row.key}`, row]),
          );
        },
        put: async (family, entries) => {
          for (const record of adoptions(family, entries)) await deps.cell().commit(record, "progress");
        },
        forget: () => Promise.resolve(),
      },
    ],
  };
}

function adoptions({ accountSids }: Family, entries: readonly MovableEntry[]): KeysAdopted[] {
  return accountSids.flatMap((accountSid) => {
    const keys = entries.filter(([key]) => key.startsWith(`${accountSid} `)).map(([, row]) => row as KeyRow);
    return keys.length === 0 ? [] : [{ kind: "idempotency.adopted", accountSid, keys }];
  });
}

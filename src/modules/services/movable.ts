import type { Cell } from "../../platform/cell/index.ts";
import type { Movable, MovableEntry } from "../../platform/fleet/index.ts";
import type { ServiceBook } from "./service-book.ts";
import { sticksMoved, type StickySenders } from "./sticky-senders.ts";

const OWN = "t.account_sid = any($1)";

/** What moves, and where it is kept. */
export interface ServicesMovableDeps {
  readonly book: ServiceBook;
  readonly sticky: StickySenders;
  readonly cell: () => Cell;
}

/** Services, their pools and their sticky senders, as they move to another cell. Numbers move before them. */
export function servicesMovable({ book, sticky, cell }: ServicesMovableDeps): Movable {
  const reload = (): Promise<void> => book.reload();
  const move = async (forget: readonly string[], entries: readonly MovableEntry[]): Promise<void> => {
    await cell().commit(sticksMoved(forget, entries), "progress");
  };
  return {
    name: "services",
    tables: [
      { name: "messaging_services", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      { name: "messaging_service_senders", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      { name: "channel_senders", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
    ],
    records: [
      {
        name: "sticky senders",
        list: ({ accountSids }) => [...sticky.entriesOf(accountSids)],
        put: ({ accountSids }, entries, isFirst) => move(isFirst ? accountSids : [], entries),
        forget: ({ accountSids }) => move(accountSids, []),
      },
    ],
    arrived: reload,
    departed: reload,
  };
}

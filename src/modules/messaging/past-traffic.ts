import type { Database } from "../../platform/ports.ts";
import type { RouteRequest, SenderKind, TrafficClass } from "../routing/index.ts";

const BATCH_ROWS = 2_000;

/** A message that was sent, and the carrier that took it last. */
export interface PastMessage extends RouteRequest {
  readonly sid: string;
  readonly carrier?: string;
  readonly atMs: number;
}

interface TrafficRow extends Record<string, unknown> {
  id: string;
  sid: string;
  account_sid: string;
  from_address: string;
  to_address: string;
  encoding: "GSM-7" | "UCS-2";
  segments: number;
  traffic_class: TrafficClass;
  sender_kind: SenderKind;
  carrier: string | null;
  created_at: Date;
}

/** The messages that were given to carriers in a stretch of time, a batch in memory at a time. */
export async function* pastTraffic(
  database: Database,
  range: { readonly fromMs: number; readonly toMs: number },
): AsyncIterable<PastMessage> {
  let after = firstId(range.fromMs);
  const end = firstId(range.toMs);
  for (;;) {
    const rows = await database.query<TrafficRow>(
      `select id::text, sid, account_sid, from_address, to_address, encoding, segments, traffic_class, sender_kind,
         delivery->>'carrier' as carrier, created_at
       from messages where id > $1::uuid and id < $2::uuid and direction <> 'inbound' and delivery is not null
       order by id limit $3`,
      [after, end, BATCH_ROWS],
    );
    for (const row of rows) yield pastMessage(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH_ROWS) return;
    after = last.id;
  }
}

/** Ids are UUIDv7, whose first 48 bits are the time in milliseconds (RFC 9562 §5.7). */
function firstId(ms: number): string {
  return `${Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0")}${"0".repeat(20)}`;
}

function pastMessage(row: TrafficRow): PastMessage {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    from: row.from_address,
    to: row.to_address,
    encoding: row.encoding,
    segments: row.segments,
    trafficClass: row.traffic_class,
    senderKind: row.sender_kind,
    atMs: row.created_at.getTime(),
    ...(row.carrier === null ? {} : { carrier: row.carrier }),
  };
}

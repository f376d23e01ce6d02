import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type {
  ChangedDecision,
  ComparedRow,
  Comparison,
  ExplainedCandidate,
  Explanation,
  Side,
} from "./decision/index.ts";
import type { Publication, RouteTable } from "./route-table.ts";

export const BASE_PATH = "/trunkline/v1/Routing";

export function viewTable(table: RouteTable, baseUrl: string, activeVersion: number): JsonObject {
  const { version, status, hash, note, createdBy, createdMs, parts, size } = table;
  return {
    version,
    status,
    active: version === activeVersion,
    hash: hash ?? null,
    note,
    created_by: createdBy,
    date_created: iso8601(createdMs),
    parts,
    carriers: size.carriers,
    networks: size.networks,
    prefixes: size.prefixes,
    routes: size.routes,
    inputs: size.inputs,
    octets: size.octets,
    url: `${baseUrl}${BASE_PATH}/Tables/${version}`,
  };
}

export function viewPublication(publication: Publication): JsonObject {
  const { id, version, previousVersion, kind, actor, reason, publishedMs } = publication;
  return {
    id,
    version,
    previous_version: previousVersion,
    kind,
    actor,
    reason,
    date_published: iso8601(publishedMs),
  };
}

/** An explanation as the API shows it. */
export function viewExplanation(explanation: Explanation): JsonObject {
  const { tableVersion, tableHash, healthVersion, ranking, usable, network, country, ported } = explanation;
  return {
    table_version: tableVersion,
    table_hash: tableHash,
    health_version: healthVersion,
    ranking,
    usable,
    network: network ?? null,
    country: country ?? null,
    ported,
    networks_from: explanation.networksFrom ?? null,
    order: explanation.order,
    quantum: explanation.quantum,
    candidates: explanation.candidates.map(viewCandidate),
    more_candidates: explanation.moreCandidates,
    left_out: explanation.leftOut.map(({ carrier, why }) => ({ carrier, why })),
    more_left_out: explanation.moreLeftOut,
  };
}

function viewCandidate(candidate: ExplainedCandidate): JsonObject {
  const { carrier, place, destination, usable, reason, excluded, priority, weight, currency, score } = candidate;
  return {
    carrier,
    place,
    destination,
    usable,
    reason: reason ?? null,
    excluded,
    priority,
    weight,
    price_micros: candidate.priceMicros,
    currency,
    score: round(score),
    quantised_score: candidate.quantisedScore,
    terms: candidate.terms.map(({ input, value, points }) => ({ input, value: round(value), points: round(points) })),
  };
}

/** What a comparison found, as the API shows it. */
export function viewComparison(comparison: Comparison): JsonObject {
  const { from, to, messages, isCut, moved, unroutableBefore, unroutableAfter } = comparison;
  return {
    from: { version: from.version, hash: from.hash, currency: from.currency },
    to: { version: to.version, hash: to.hash, currency: to.currency },
    messages,
    cut: isCut,
    moved,
    unroutable_before: unroutableBefore,
    unroutable_after: unroutableAfter,
    before: viewSide(comparison.before),
    after: viewSide(comparison.after),
    rows: comparison.rows.map(viewRow),
    sample: comparison.sample.map(viewChange),
  };
}

function viewRow({ carrier, country, before, after, movedAway, movedHere }: ComparedRow): JsonObject {
  return {
    carrier,
    country,
    before: viewSide(before),
    after: viewSide(after),
    moved_away: movedAway,
    moved_here: movedHere,
  };
}

function viewSide({ messages, segments, costMicros, deliveryRatio }: Side): JsonObject {
  return {
    messages,
    segments,
    cost_micros: costMicros,
    delivery_ratio: deliveryRatio === undefined ? null : round(deliveryRatio),
  };
}

function viewChange({ sid, to, carrier, before, after }: ChangedDecision): JsonObject {
  return { sid: sid ?? null, to, carrier: carrier ?? null, before: before ?? null, after: after ?? null };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

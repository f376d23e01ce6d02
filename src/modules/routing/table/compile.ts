import { ROUTE_INPUTS } from "../inputs/index.ts";
import type { ContentHash } from "./canonical.ts";
import { Doubles, Ints } from "./chunked-list.ts";
import { compileInputs } from "./compile-inputs.ts";
import type { CompiledTable, OfferLists, Offers } from "./compiled-table.ts";
import { DEFAULT_NETWORKS } from "./default-networks.ts";
import { TABLE_LIMITS } from "./document.ts";
import { digitsOf, PrefixIndex } from "./prefix-index.ts";
import { Slices } from "./slices.ts";
import { sortPairs, type SortedPairs } from "./sort-pairs.ts";
import { TableBuilder, type Pairs } from "./table-builder.ts";
import { refuseTable } from "./value-reader.ts";

/** What compiling needs. */
export interface Compilation {
  /** The parts of the table in their order, as parsed JSON; not checked yet. */
  readonly parts: Iterable<unknown> | AsyncIterable<unknown>;
  readonly version: number;
  readonly hash: ContentHash;
  /** Lets everything else run; called about every millisecond. */
  readonly pause: () => Promise<void>;
}

/** Reads, checks and compiles a table, in slices of about a millisecond. Rejects with `tableInvalid`, which names the place. */
export async function compileTable({ parts, version, hash, pause }: Compilation): Promise<CompiledTable> {
  const slices = new Slices(pause);
  const builder = new TableBuilder({ hash, slices, defaultNetworks: DEFAULT_NETWORKS });
  for await (const part of parts) {
    await builder.add(part);
    if (slices.due(500)) await slices.rest();
  }
  const { currency, order, quantum, weights, assumed } = builder.head;
  await builder.settleNetworks();
  const offers = await makeOffers(builder, slices);
  const digits = await compilePrefixes(builder, slices);
  const { carriers, carrierIndex, networks, networkIndex, countryIndex } = builder;
  const inputs = await compileInputs({
    carriers: carriers.length,
    networks: networks.length,
    builder: builder.inputs,
    slices,
  });
  return {
    version,
    hash: hash.digest(),
    currency,
    order,
    quantum,
    weights,
    assumed,
    carriers,
    carrierIndex,
    networks,
    networksFrom: builder.networksFrom,
    networkIndex,
    countryIndex,
    offers,
    ...digits,
    networkOffers: await listOffers(builder.routeNetworks, networks.length, slices),
    countryOffers: await listOffers(builder.routeCountries, countryIndex.size, slices),
    everywhere: await listRows(builder.everywhere, slices),
    inputs,
    isTimed: inputs.isTimed || builder.isTimed,
    size: {
      carriers: carriers.length,
      networks: networks.length,
      prefixes: digits.prefixes.keys.length,
      routes: builder.destinations,
      inputs: inputs.columns.length,
      octets: builder.octets,
    },
  };
}

/** Puts the terms into columns, with the score that follows from them. */
async function makeOffers(builder: TableBuilder, slices: Slices): Promise<Offers> {
  const { terms, carriers, head } = builder;
  const count = terms.carrier.length;
  const offers: Offers = {
    count,
    carrier: await Ints.make(count, slices),
    priority: await Ints.make(count, slices),
    weight: await Doubles.make(count, slices),
    priceMicros: await Doubles.make(count, slices),
    senderKinds: new Uint8Array(count),
    classes: new Uint8Array(count),
    hours: await Ints.make(count, slices),
    score: await Doubles.make(count, slices),
  };
  for (const name of ["carrier", "priority", "weight", "priceMicros", "hours"] as const) {
    for (let row = 0; row < count; row += 1) {
      offers[name].set(row, terms[name].at(row));
      if (slices.due(1)) await slices.rest();
    }
  }
  const facts = { priceMicros: 0, priority: 0 };
  for (let row = 0; row < count; row += 1) {
    offers.senderKinds[row] = terms.senderKinds.at(row);
    offers.classes[row] = terms.classes.at(row);
    const { rate = 1 } = carriers[offers.carrier.at(row)] ?? {};
    facts.priceMicros = offers.priceMicros.at(row) * rate;
    facts.priority = offers.priority.at(row);
    let score = 0;
    for (const input of ROUTE_INPUTS) score += (head.weights.get(input.name) ?? 0) * input.value(facts);
    offers.score.set(row, score);
    if (slices.due(4)) await slices.rest();
  }
  return offers;
}

/** Rows of offers as a list that is quick to go through: it is gone through for every kind of demand. */
async function listRows(rows: Doubles, slices: Slices): Promise<readonly number[]> {
  const list: number[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    list.push(rows.at(at));
    if (slices.due(1)) await slices.rest();
  }
  return list;
}

type CompiledPrefixes = Pick<CompiledTable, "prefixes" | "prefixNetworks" | "networkAt" | "routesAt" | "prefixOffers">;

/** Brings the prefixes of networks and of routes together into one index. */
async function compilePrefixes(builder: TableBuilder, slices: Slices): Promise<CompiledPrefixes> {
  const owned = await sortPairs(builder.networkPrefixes.keys, builder.networkPrefixes.values, slices);
  const routed = await sortPairs(builder.routePrefixes.keys, builder.routePrefixes.values, slices);
  await refuseRepeats(owned, builder, slices);
  const count = await countKeys(owned, routed, slices);
  if (count > TABLE_LIMITS.prefixes) refuseTable("routes", `there are more than ${TABLE_LIMITS.prefixes} prefixes`);
  const keys = await Doubles.make(count, slices);
  const prefixNetworks = await Ints.make(count, slices);
  const starts = await Ints.make(count + 1, slices);
  let own = 0;
  let route = 0;
  for (let at = 0; at < count; at += 1) {
    const key = Math.min(keyAt(owned, own), keyAt(routed, route));
    keys.set(at, key);
    starts.set(at, route);
    prefixNetworks.set(at, keyAt(owned, own) === key ? owned.values.at(own) : -1);
    if (keyAt(owned, own) === key) own += 1;
    while (keyAt(routed, route) === key) route += 1;
    if (slices.due(2 + route - starts.at(at))) await slices.rest();
  }
  starts.set(count, route);
  const prefixes = await PrefixIndex.build(keys, slices);
  const networkAt = await Ints.make(count, slices);
  const routesAt = await Ints.make(count, slices);
  for (let at = 0; at < count; at += 1) {
    const parent = prefixes.parents.at(at);
    networkAt.set(at, prefixNetworks.at(at) >= 0 ? at : parent < 0 ? -1 : networkAt.at(parent));
    const hasRoutes = starts.at(at + 1) > starts.at(at);
    routesAt.set(at, hasRoutes ? at : parent < 0 ? -1 : routesAt.at(parent));
    if (slices.due(2)) await slices.rest();
  }
  return { prefixes, prefixNetworks, networkAt, routesAt, prefixOffers: { starts, offers: routed.values } };
}

/** The key at a place, or one beyond all where the list has ended. */
function keyAt({ keys }: SortedPairs, at: number): number {
  return at < keys.length ? keys.at(at) : Infinity;
}

async function refuseRepeats(owned: SortedPairs, builder: TableBuilder, slices: Slices): Promise<void> {
  for (let at = 1; at < owned.keys.length; at += 1) {
    const key = owned.keys.at(at);
    if (key === owned.keys.at(at - 1)) {
      const names = [at - 1, at].map((each) => builder.networks[owned.values.at(each)]?.code);
      refuseTable("networks", `the prefix ${digitsOf(key)} is in ${names[0]} and in ${names[1]}`);
    }
    if (slices.due(1)) await slices.rest();
  }
}

async function countKeys(owned: SortedPairs, routed: SortedPairs, slices: Slices): Promise<number> {
  let own = 0;
  let route = 0;
  let count = 0;
  while (own < owned.keys.length || route < routed.keys.length) {
    const key = Math.min(keyAt(owned, own), keyAt(routed, route));
    count += 1;
    if (keyAt(owned, own) === key) own += 1;
    while (keyAt(routed, route) === key) {
      route += 1;
      if (slices.due(1)) await slices.rest();
    }
    if (slices.due(1)) await slices.rest();
  }
  return count;
}

/** Rows of offers by the small number that they lead to. */
async function listOffers({ keys, values }: Pairs, count: number, slices: Slices): Promise<OfferLists> {
  const sorted = await sortPairs(keys, values, slices);
  const starts = await Ints.make(count + 1, slices);
  let at = 0;
  for (let index = 0; index <= count; index += 1) {
    while (at < sorted.keys.length && sorted.keys.at(at) < index) {
      at += 1;
      if (slices.due(1)) await slices.rest();
    }
    starts.set(index, at);
    if (slices.due(1)) await slices.rest();
  }
  return { starts, offers: sorted.values };
}

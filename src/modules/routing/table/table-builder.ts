import { Buffer } from "node:buffer";
import { countryOf } from "../../../protocols/e164/index.ts";
import type { CompiledCarrier, CompiledNetwork } from "./compiled-table.ts";
import { canonicalText, type ContentHash } from "./canonical.ts";
import { Doubles } from "./chunked-list.ts";
import { TABLE_LIMITS } from "./document.ts";
import { keyOf } from "./prefix-index.ts";
import {
  HEAD_MEMBERS,
  readCarrier,
  readCountry,
  readHead,
  readNetwork,
  readPrefix,
  readRoute,
  type ReadHead,
  type ReadNetwork,
  type ReadRoute,
} from "./read-entries.ts";
import { InputBuilder } from "./input-builder.ts";
import type { Slices } from "./slices.ts";
import { readList, readMembers, refuseTable, shown, type Members } from "./value-reader.ts";

/** In this order in every part. */
const SECTIONS = ["carriers", "networks", "inputs", "routes"] as const;
type Section = (typeof SECTIONS)[number];

/** Keys and what they lead to, in the order of the document. */
export interface Pairs {
  readonly keys: Doubles;
  readonly values: Doubles;
}

const newPairs = (): Pairs => ({ keys: new Doubles(), values: new Doubles() });

/** The networks of tables that bring none of their own. */
export interface DefaultNetworks {
  /** Names them for people. */
  readonly edition: string;
  list(): Iterable<ReadNetwork>;
}

/** What is needed to read a table beside the table. */
export interface BuilderOptions {
  readonly hash: ContentHash;
  readonly slices: Slices;
  readonly defaultNetworks: DefaultNetworks;
}

/** Collects a table from its parts; what it read is checked, except that prefixes of networks may repeat. */
export class TableBuilder {
  readonly carriers: CompiledCarrier[] = [];
  readonly carrierIndex = new Map<string, number>();
  readonly networks: CompiledNetwork[] = [];
  readonly networkIndex = new Map<string, number>();
  readonly countryIndex = new Map<string, number>();
  /** The terms of routes, one after the other. */
  readonly terms = {
    carrier: new Doubles(),
    priority: new Doubles(),
    weight: new Doubles(),
    priceMicros: new Doubles(),
    senderKinds: new Doubles(),
    classes: new Doubles(),
    hours: new Doubles(),
  };
  readonly networkPrefixes = newPairs();
  readonly routePrefixes = newPairs();
  readonly routeNetworks = newPairs();
  readonly routeCountries = newPairs();
  readonly everywhere = new Doubles();
  readonly inputs: InputBuilder;
  /** The edition of the default networks, where the table brings none of its own. */
  networksFrom: string | undefined;
  /** Whether any route has hours. */
  isTimed = false;
  octets = 0;
  private readonly options: BuilderOptions;
  private readHeadOnce: ReadHead | undefined;
  private hasNetworks = false;
  private readonly counts: Record<Section, number> = { carriers: 0, networks: 0, inputs: 0, routes: 0 };

  constructor(options: BuilderOptions) {
    this.options = options;
    this.inputs = new InputBuilder(this, options.slices);
  }

  get head(): ReadHead {
    return this.readHeadOnce ?? refuseTable("format", "it is missing");
  }

  /** How many destinations the routes have. */
  get destinations(): number {
    return (
      this.routePrefixes.keys.length +
      this.routeNetworks.keys.length +
      this.routeCountries.keys.length +
      this.everywhere.length
    );
  }

  /** Reads the next part. Throws `tableInvalid`; the builder is of no use then. */
  async add(part: unknown): Promise<void> {
    const members = readMembers(part, "", [...HEAD_MEMBERS, ...SECTIONS]);
    const headMembers = HEAD_MEMBERS.filter((name) => members[name] !== undefined);
    if (this.readHeadOnce === undefined) this.takeHead(headMembers, members);
    else if (headMembers.length > 0) refuseTable(headMembers[0] ?? "", "only the first part has it");
    for (const section of SECTIONS) {
      if (section === "networks") this.hasNetworks ||= members["networks"] !== undefined;
      for (const entry of readList(members[section], section)) {
        const path = `${section}[${this.counts[section]}]`;
        this.counts[section] += 1;
        const characters = this.digest(`${section}:`, entry);
        if (this.options.slices.due(ENTRY_STEPS + characters / CHARACTERS_A_STEP)) await this.options.slices.rest();
        await this.addEntry(section, entry, path);
      }
    }
  }

  /** What a table without networks of its own gets. To be called before anything refers to them, and at the end. */
  async settleNetworks(): Promise<void> {
    if (this.hasNetworks) return;
    this.hasNetworks = true;
    let index = 0;
    const { defaultNetworks } = this.options;
    this.networksFrom = defaultNetworks.edition;
    for (const network of defaultNetworks.list()) {
      await this.addNetwork(network, `default networks[${index}]`);
      index += 1;
    }
  }

  private takeHead(names: readonly string[], members: Members): void {
    const head = Object.fromEntries(names.map((name) => [name, members[name]]));
    this.readHeadOnce = readHead(head);
    this.digest("head:", head);
  }

  private digest(label: string, value: unknown): number {
    const text = `${label}${canonicalText(value)}\n`;
    this.octets += Buffer.byteLength(text);
    if (this.octets > TABLE_LIMITS.octets) refuseTable("", `it is longer than ${TABLE_LIMITS.octets} octets`);
    this.options.hash.update(text);
    return text.length;
  }

  private async addEntry(section: Section, entry: unknown, path: string): Promise<void> {
    switch (section) {
      case "carriers":
        return this.addCarrier(readCarrier(entry, path, this.head), path);
      case "networks":
        return this.addNetwork(readNetwork(entry, path), path);
      case "inputs":
        await this.settleNetworks();
        return this.inputs.add(entry, path);
      case "routes":
        await this.settleNetworks();
        return this.addRoute(readRoute(entry, path, this), path);
    }
  }

  private addCarrier(carrier: CompiledCarrier, path: string): void {
    const { name } = carrier;
    if (this.carrierIndex.has(name)) refuseTable(`${path}.name`, `the carrier ${shown(name)} is there twice`);
    bound(path, this.carriers.length, TABLE_LIMITS.carriers);
    if (this.inputs.hasValues) refuseTable(path, "carriers come before inputs");
    this.carrierIndex.set(name, this.carriers.length);
    this.carriers.push(carrier);
  }

  private async addNetwork(read: ReadNetwork, path: string): Promise<void> {
    const { code } = read;
    let index = this.networkIndex.get(code);
    if (index === undefined) {
      index = this.networks.length;
      bound(path, index, TABLE_LIMITS.networks);
      this.networkIndex.set(code, index);
      const [first] = read.prefixes;
      const byNumber = isPrefix(first) ? countryOf(`+${first}`) : undefined;
      const country = read.country ?? (code[2] === ":" ? code.slice(0, 2) : byNumber);
      this.networks.push({ code, name: read.name ?? code, country });
    } else {
      const known = this.networks[index];
      if (read.country !== undefined && read.country !== known?.country) {
        refuseTable(`${path}.country`, `${code} is in ${known?.country ?? "no country"} above`);
      }
    }
    await this.addKeys(this.networkPrefixes, read.prefixes, { path: `${path}.prefixes`, value: index });
  }

  private async addRoute(route: ReadRoute, path: string): Promise<void> {
    const { terms } = this;
    const row = terms.carrier.length;
    terms.carrier.push(route.carrier);
    terms.priority.push(route.priority);
    terms.weight.push(route.weight);
    terms.priceMicros.push(route.priceMicros);
    terms.senderKinds.push(route.senderKinds);
    terms.classes.push(route.classes);
    terms.hours.push(route.hours);
    this.isTimed ||= route.hours !== ALL_HOURS;
    const { prefixes, networks, countries } = route;
    if (prefixes !== undefined) {
      await this.addKeys(this.routePrefixes, prefixes, { path: `${path}.prefixes`, value: row });
    }
    for (const [at, network] of (networks ?? []).entries()) {
      const index = this.networkIndex.get(network as string);
      if (index === undefined) refuseTable(`${path}.networks[${at}]`, `there is no network ${shown(network)}`);
      this.push(this.routeNetworks, index, row, path);
    }
    for (const [at, country] of (countries ?? []).entries()) {
      const name = readCountry(country, `${path}.countries[${at}]`);
      const index = this.countryIndex.get(name) ?? this.countryIndex.size;
      this.countryIndex.set(name, index);
      this.push(this.routeCountries, index, row, path);
    }
    if (prefixes === undefined && networks === undefined && countries === undefined) {
      bound(path, this.destinations, TABLE_LIMITS.routes);
      this.everywhere.push(row);
    }
  }

  private async addKeys(
    pairs: Pairs,
    prefixes: readonly unknown[],
    entry: { readonly path: string; readonly value: number },
  ): Promise<void> {
    const { slices } = this.options;
    for (let at = 0; at < prefixes.length; at += 1) {
      const path = entry.path;
      const prefix = prefixes[at];
      // The path of a single prefix is only made when it is needed: there may be a million.
      const key = keyOf(isPrefix(prefix) ? prefix : readPrefix(prefix, `${path}[${at}]`), 0);
      this.push(pairs, key, entry.value, path);
      if (slices.due(4)) await slices.rest();
    }
  }

  private push(pairs: Pairs, key: number, value: number, path: string): void {
    if (pairs === this.networkPrefixes) bound(path, pairs.keys.length, TABLE_LIMITS.prefixes);
    else bound(path, this.destinations, TABLE_LIMITS.routes);
    pairs.keys.push(key);
    pairs.values.push(value);
  }
}

/** What reading an entry costs, in steps, beside what it lists. */
const ENTRY_STEPS = 100;
const CHARACTERS_A_STEP = 16;
const ALL_HOURS = 2 ** 24 - 1;
const PREFIX = /^[1-9]\d{0,14}$/;
const isPrefix = (value: unknown): value is string => typeof value === "string" && PREFIX.test(value);

function bound(path: string, count: number, max: number): void {
  if (count >= max) refuseTable(path, `there are more than ${max}`);
}

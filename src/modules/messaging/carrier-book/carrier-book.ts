import { AppError } from "../../../kernel/errors.ts";
import { hasMask, keepSecrets, readCarrierDocument, showCarrier, type Json } from "../../../platform/config/index.ts";
import { HttpClientError } from "../../../platform/http-client/index.ts";
import type { Database } from "../../../platform/ports.ts";
import type { SecretBox } from "../../../platform/secrets/index.ts";
import type { SettingsCarrier } from "../../routing/index.ts";
import { bareAddress } from "../address.ts";
import { CarrierTraces, GuardedNet, type Carrier, type ChaosState } from "../carriers/index.ts";
import {
  deleteCarrier,
  findCarrier,
  insertCarrier,
  readCarriers,
  updateCarrier,
  type CarrierRow,
} from "./carrier.store.ts";
import { carrierErrors } from "./errors.ts";
import type { KnownCarrier } from "./known-carrier.ts";
import { carrierFormats, makeCarrier, type CarrierPorts, type CarrierSettings } from "./make-carrier.ts";
import { addressOf } from "./peer-address.ts";

/** Carriers of one cell, as many as the settings can have. */
const MAX_CARRIERS = 5_000;

/** After this the database is asked what came of a change that it did not answer. */
const REFRESH_MS = 2_000;

/** What is done with carriers that come and go while the cell runs. */
export interface CarrierHost {
  /** Messages can go by it from now on; it is started. */
  add(carrier: Carrier): void;
  /** What waits for it goes elsewhere; resolves when it is closed. The successor has its place at once and is started then. */
  remove(name: string, successor?: Carrier): Promise<void>;
  /** The carriers that messages may be routed to are these now. */
  route(carriers: readonly SettingsCarrier[]): Promise<void>;
}

/** What the book works with. */
export interface CarrierBookOptions extends Omit<CarrierPorts, "traces"> {
  /** The carriers of the settings. */
  readonly configured: readonly CarrierSettings[];
  readonly database: Database;
  readonly secrets: Pick<SecretBox, "seal" | "open">;
  /** How many PDUs are kept to be looked at; 0 for none. */
  readonly traces: number;
}

/** What somebody wants a carrier to be. */
export interface CarrierWish {
  /** A document as the settings have it; without it, as it is. */
  readonly carrier?: unknown;
  readonly enabled?: boolean | undefined;
}

/**
 * The carriers of this cell: those of the settings, which stay as they are, and those that were
 * added, which are rows in the cell's database. A change is in the database before anything here
 * follows it; after a crash the rows alone say what there is. Changes of one carrier happen one
 * after the other.
 */
export class CarrierBook {
  readonly traces: CarrierTraces | undefined;
  readonly ports: CarrierPorts;
  private readonly options: CarrierBookOptions;
  private readonly known = new Map<string, KnownCarrier>();
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly watchers = new Set<() => void>();
  private host: CarrierHost | undefined;

  constructor(options: CarrierBookOptions) {
    this.options = options;
    const { traces, clock, configured } = options;
    this.traces = traces === 0 ? undefined : new CarrierTraces({ entries: traces, clock });
    this.ports = { ...options, traces: this.traces };
    for (const settings of configured) {
      this.known.set(settings.name, {
        name: settings.name,
        source: "settings",
        settings,
        document: undefined,
        enabled: true,
        phase: "running",
        problem: undefined,
        revision: 0,
        createdMs: undefined,
        updatedMs: undefined,
        ...makeCarrier(settings, this.ports, { isGiven: false, onChaos: () => this.chaosChanged(settings.name) }),
      });
    }
  }

  /** Those that can be started: at first those of the settings, after {@link load} all that are switched on. */
  get running(): readonly Carrier[] {
    return this.list().flatMap(({ carrier }) => carrier ?? []);
  }

  /** As the router is told of them. */
  get routable(): readonly SettingsCarrier[] {
    return this.list().flatMap(({ settings, phase }) => {
      if (settings === undefined || (phase !== "running" && phase !== "changing")) return [];
      const { name, prefixes, priority } = settings;
      return [{ name, prefixes: prefixes.map(bareAddress), priority }];
    });
  }

  /** All of them: those of the settings in their order, then the others by name. */
  list(): readonly KnownCarrier[] {
    const all = [...this.known.values()];
    const added = all.filter(({ source }) => source === "added").toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return [...all.filter(({ source }) => source === "settings"), ...added];
  }

  find(name: string): KnownCarrier | undefined {
    return this.known.get(name);
  }

  /** Told of every change from now on: what there is, or what is broken on purpose. The result ends it. */
  onChange(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Who does what follows from changes. Before {@link load}. */
  attach(host: CarrierHost): void {
    this.host = host;
  }

  /** Reads those that were added; after the migrations and before the cell opens. They are made, and not started. */
  async load(): Promise<void> {
    for (const row of await readCarriers(this.options.database, MAX_CARRIERS)) {
      const { source, carrier } = this.enter(row);
      if (source === "added" && carrier !== undefined) this.host?.add(carrier);
    }
    await this.host?.route(this.routable);
  }

  /** Adds a carrier. Throws 400 for a document that is not valid, and 409 for a name that is taken. */
  async create({ carrier: document, enabled = true }: CarrierWish): Promise<KnownCarrier> {
    const settings = await this.check(document, undefined);
    const { name } = settings;
    return this.certain(name, async () => {
      if (this.known.has(name)) throw new AppError(carrierErrors.nameTaken, { name });
      if (this.known.size >= MAX_CARRIERS) throw new AppError(carrierErrors.tooMany, { max: MAX_CARRIERS });
      const row = await insertCarrier(this.options.database, { name, enabled, ...this.sealed(name, document) });
      if (row === undefined) throw new AppError(carrierErrors.nameTaken, { name });
      this.options.logger.info("carrier.added", { carrier: name, type: settings.type, enabled });
      return this.begin(this.enter(row));
    });
  }

  /** Changes an added carrier, or switches it on or off. `undefined` where there is none of the name. */
  async update(name: string, wish: CarrierWish): Promise<KnownCarrier | undefined> {
    return this.certain(name, async () => {
      const before = this.changeable(name);
      if (before === undefined) return undefined;
      const document = wish.carrier === undefined ? before.document : this.withSecrets(wish.carrier, before);
      if (wish.carrier !== undefined) await this.check(document, name);
      const enabled = wish.enabled ?? before.enabled;
      const row = await updateCarrier(this.options.database, { name, enabled, ...this.sealed(name, document) });
      if (row === undefined) return undefined;
      this.options.logger.info("carrier.changed", { carrier: name, enabled });
      this.swap(before, this.enter(row));
      return this.known.get(name);
    });
  }

  /** Takes an added carrier away; it finishes what is under way. False where there is none of the name. */
  remove(name: string): Promise<boolean> {
    return this.certain(name, async () => {
      const before = this.changeable(name);
      if (before === undefined) return false;
      await deleteCarrier(this.options.database, name);
      this.options.logger.info("carrier.removed", { carrier: name });
      this.known.delete(name);
      this.end(before);
      return true;
    });
  }

  /** Makes a carrier look broken until then, or ends that. Throws 409 where that cannot be. */
  disturb(name: string, state: ChaosState | undefined): KnownCarrier | undefined {
    const known = this.known.get(name);
    if (known === undefined) return undefined;
    if (known.chaos === undefined) throw new AppError(carrierErrors.chaosNotHere, { name });
    known.chaos.set(state);
    return known;
  }

  private chaosChanged(name: string): void {
    const state = this.known.get(name)?.chaos?.state;
    const { logger } = this.options;
    if (state === undefined) logger.warn("carrier.chaos-ended", { carrier: name });
    else
      logger.warn("carrier.chaos", { carrier: name, mode: state.mode, until: new Date(state.untilMs).toISOString() });
    this.tell();
  }

  /**
   * A document with the secrets that are kept in place of their masks. Where the carrier would
   * connect to another place they must be given again, or whoever may change a carrier could have
   * its password sent to himself.
   */
  withSecrets(document: unknown, known: KnownCarrier): unknown {
    const whole = keepSecrets(carrierFormats, document, known.source === "added" ? known.document : undefined);
    const usesKept = JSON.stringify(whole) !== JSON.stringify(document);
    if (!usesKept) return whole;
    const read = readCarrierDocument(carrierFormats, whole);
    const isSamePlace =
      read.ok && known.settings !== undefined && addressOf(read.settings).key === addressOf(known.settings).key;
    if (read.ok && !isSamePlace)
      throw new AppError(carrierErrors.secretsNeeded, { path: addressOf(read.settings).path });
    return whole;
  }

  /** The settings of a document that is to be kept. Throws 400 with all that is wrong. */
  private async check(document: unknown, name: string | undefined): Promise<CarrierSettings> {
    const settings = this.read(document);
    if (name !== undefined && settings.name !== name) throw new AppError(carrierErrors.nameFixed, { name });
    await this.checkAddress(settings);
    return settings;
  }

  /** The settings of a document. Throws 400 with all that is wrong. */
  read(document: unknown): CarrierSettings {
    const read = readCarrierDocument(carrierFormats, document);
    if (!read.ok) throw new AppError(carrierErrors.carrierInvalid, { problems: read.problems.join("; ") });
    if (hasMask(document)) {
      throw new AppError(carrierErrors.carrierInvalid, {
        problems: "carrier: a secret is masked that is not known here, or goes to another place now: give it again",
      });
    }
    return read.settings;
  }

  /** An address that is not allowed is said at once; a name that cannot be found just now is no reason to refuse. */
  private async checkAddress(settings: CarrierSettings): Promise<void> {
    const { host, path } = addressOf(settings);
    if (host === undefined) return;
    try {
      await new GuardedNet(this.ports).admit(host);
    } catch (error) {
      if (!(error instanceof HttpClientError) || error.stage !== "guard") return;
      throw new AppError(carrierErrors.addressRefused, { path, host, why: error.code ?? error.stage });
    }
  }

  private changeable(name: string): KnownCarrier | undefined {
    const known = this.known.get(name);
    if (known?.source === "settings") throw new AppError(carrierErrors.readOnly, { name });
    return known;
  }

  private sealed(name: string, document: unknown): { readonly document: string; readonly nowMs: number } {
    const { secrets, clock } = this.options;
    return { document: secrets.seal(JSON.stringify(document), contextOf(name)), nowMs: clock.nowMs() };
  }

  /** Puts a row into the book; what runs already is left to {@link swap}. */
  private enter(row: CarrierRow): KnownCarrier {
    const { name, enabled, revision, createdMs, updatedMs } = row;
    if (this.known.get(name)?.source === "settings") {
      // Whoever wrote it into the settings meant that one; the row waits until it is gone from there.
      this.options.logger.warn("carrier.in-settings-too", { carrier: name });
      return this.known.get(name) as KnownCarrier;
    }
    const { document, settings, problem } = this.open(row);
    const made =
      settings === undefined || !enabled
        ? { carrier: undefined, chaos: undefined }
        : makeCarrier(settings, this.ports, { isGiven: true, onChaos: () => this.chaosChanged(name) });
    const phase = settings === undefined ? "broken" : enabled ? "running" : "disabled";
    const known: KnownCarrier = {
      name,
      source: "added",
      settings,
      document,
      enabled,
      phase,
      problem,
      revision,
      createdMs,
      updatedMs,
      ...made,
    };
    this.known.set(name, known);
    return known;
  }

  private open({ name, document: sealed }: CarrierRow): Pick<KnownCarrier, "document" | "settings" | "problem"> {
    const { secrets, logger } = this.options;
    let document: unknown;
    try {
      document = JSON.parse(secrets.open(sealed, contextOf(name)));
    } catch {
      logger.error("carrier.not-readable", { carrier: name });
      return {
        document: undefined,
        settings: undefined,
        problem: "what is kept cannot be opened with this master key",
      };
    }
    const read = readCarrierDocument(carrierFormats, document);
    if (read.ok) return { document, settings: read.settings, problem: undefined };
    logger.error("carrier.not-valid", { carrier: name });
    return { document, settings: undefined, problem: read.problems.join("; ") };
  }

  /** A carrier is new. */
  private begin(known: KnownCarrier): KnownCarrier {
    if (known.carrier !== undefined) this.host?.add(known.carrier);
    this.follow();
    return known;
  }

  /** A carrier is another one now, or is switched on or off. */
  private swap(before: KnownCarrier, after: KnownCarrier): void {
    if (before.carrier === undefined) return void this.begin(after);
    if (after.carrier === undefined) return this.end(before);
    before.chaos?.close();
    this.known.set(after.name, { ...after, phase: "changing" });
    this.follow();
    const done = this.host?.remove(before.name, after.carrier) ?? Promise.resolve();
    this.whenDone(after.name, done, () => {
      if (this.known.get(after.name)?.revision !== after.revision) return;
      this.known.set(after.name, after);
      this.tell();
    });
  }

  /** A carrier is gone. The router must not name it any more before it is taken away. */
  private end(before: KnownCarrier): void {
    before.chaos?.close();
    this.follow();
    if (before.carrier === undefined) return;
    this.whenDone(before.name, this.host?.remove(before.name) ?? Promise.resolve(), () => this.tell());
  }

  /** The next change of this name waits until the one under way is done. */
  private whenDone(name: string, done: Promise<void>, run: () => void): void {
    const { logger } = this.options;
    void this.inTurn(name, () => done).then(run, (error: unknown) => {
      logger.error("carrier.not-closed", { carrier: name, reason: String(error) });
    });
  }

  private follow(): void {
    void this.host?.route(this.routable).catch((error: unknown) => {
      this.options.logger.error("carrier.not-routed", { reason: String(error) });
    });
    this.tell();
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** A change whose outcome the database did not tell may stand all the same: it is read again. */
  private certain<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    return this.inTurn(name, work).catch((error: unknown) => {
      if (!(error instanceof AppError)) clock.after(REFRESH_MS, () => void this.refresh(name).catch(() => undefined));
      throw error;
    });
  }

  private inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.turns.set(name, turn);
    const forget = (): void => {
      if (this.turns.get(name) === turn) this.turns.delete(name);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** Waits for changes that are under way; for the end of the process and for tests. */
  async settled(): Promise<void> {
    while (this.turns.size > 0) await Promise.allSettled(this.turns.values());
  }

  /** What is kept in the database is read again where it is not certain what came of a change. */
  async refresh(name: string): Promise<void> {
    await this.inTurn(name, async () => {
      const row = await findCarrier(this.options.database, name);
      const before = this.known.get(name);
      if (before?.source === "settings" || row?.revision === before?.revision) return;
      if (row === undefined && before !== undefined) {
        this.known.delete(name);
        this.end(before);
      } else if (row !== undefined && before === undefined) this.begin(this.enter(row));
      else if (row !== undefined && before !== undefined) this.swap(before, this.enter(row));
    });
  }

  /** Settings as they may be shown. */
  shown({ settings }: KnownCarrier): Json {
    return settings === undefined ? null : showCarrier(carrierFormats, settings);
  }
}

function contextOf(name: string): string {
  return `carrier:${name}`;
}

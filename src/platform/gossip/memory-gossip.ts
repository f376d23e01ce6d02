import { assert } from "../../kernel/assert.ts";
import { isKey, isName, MAX_KEYS_PER_OWNER, valueOctets } from "../../protocols/gossip/index.ts";
import type { Clock, Timer } from "../ports.ts";
import { Listeners } from "./listeners.ts";
import type { GossipListener, GossipView, Member, MemberRole, MemberStatus } from "./view.ts";

/** How a {@link MemoryGossip} behaves. */
export interface MemoryGossipOptions {
  /** The time of the bus; a test's own clock. */
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  /** How long everything takes from one member to another one where `setDelay` says nothing; 0 unless told. */
  readonly delayMs?: number;
  /** When told, the bus delivers by itself, so often; otherwise only when `deliver` is called. */
  readonly intervalMs?: number;
  /** A member that was not heard of for so long is suspect; 2 s unless told. */
  readonly suspectAfterMs?: number;
  /** … is dead; 5 s unless told. */
  readonly deadAfterMs?: number;
  /** … is forgotten; an hour unless told. */
  readonly forgottenAfterMs?: number;
}

/** Who joins a {@link MemoryGossip}. */
export interface MemoryMember {
  readonly id: string;
  readonly role?: MemberRole;
  readonly region?: string;
  /** One more than that of the last member of this id, unless told. */
  readonly generation?: number;
}

/** What a member says, and which of it is newer than what somebody has. */
interface Said {
  readonly value: string | undefined;
  readonly version: number;
}

interface News {
  readonly dueMs: number;
  readonly order: number;
  readonly to: MemoryView;
  readonly from: MemoryView;
  readonly version: number;
  readonly changes: readonly (readonly [key: string, said: Said])[];
}

/**
 * Gossip without a network, for tests of what uses it: views that hear of each other
 * by steps of `deliver`, with a delay for every pair and partitions. What is said is
 * heard by a member in order and nothing of it twice, as with real gossip; a step
 * tells everybody directly, which real gossip takes some rounds for.
 */
export class MemoryGossip {
  readonly #options: Required<Omit<MemoryGossipOptions, "intervalMs">>;
  readonly #views = new Map<string, MemoryView>();
  readonly #generations = new Map<string, number>();
  readonly #delays = new Map<string, number>();
  #groups: readonly ReadonlySet<string>[] = [];
  #news: News[] = [];
  #sent = 0;
  #timer: Timer | undefined;

  constructor(options: MemoryGossipOptions) {
    this.#options = {
      clock: options.clock,
      delayMs: options.delayMs ?? 0,
      suspectAfterMs: options.suspectAfterMs ?? 2_000,
      deadAfterMs: options.deadAfterMs ?? 5_000,
      forgottenAfterMs: options.forgottenAfterMs ?? 3_600_000,
    };
    if (options.intervalMs !== undefined) this.#deliverEvery(options.intervalMs);
  }

  /** Adds a member, which takes the place of one with the same id, as a restarted process does: it knows nothing yet. */
  join({ id, role = "edge", region = "us1", generation }: MemoryMember): GossipView {
    assert(isName(id) && isName(region), `a member cannot be called ${id} in ${region}`);
    const now = generation ?? (this.#generations.get(id) ?? 0) + 1;
    this.#generations.set(id, now);
    this.#views.delete(id);
    const view = new MemoryView({ id, role, region, generation: now }, this.#options);
    this.#views.set(id, view);
    return view;
  }

  /** A member falls silent, as a process that was killed. Its view still answers, but hears nothing more. */
  kill(id: string): void {
    assert(this.#views.delete(id), `there is no member ${id}`);
  }

  /** How long news take from one member to another one, in this direction. */
  setDelay(from: string, to: string, delayMs: number): void {
    this.#delays.set(`${from} ${to}`, delayMs);
  }

  /** From now on a member hears only those of its own group; those that no group names are one more group. What is on its way across is lost. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#groups = groups.map((group) => new Set(group));
    this.#news = this.#news.filter(({ from, to }) => this.#connected(from, to));
  }

  /** Everybody hears everybody again. */
  heal(): void {
    this.#groups = [];
  }

  /**
   * One step: everybody tells everybody what they have not told them yet, and all
   * news that are due are heard, also those of this step where there is no delay.
   */
  deliver(): void {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const from of this.#views.values()) {
      for (const to of this.#views.values()) {
        if (from !== to && this.#connected(from, to)) this.#send(from, to, nowMs);
      }
    }
    const due = this.#news.filter(({ dueMs }) => dueMs <= nowMs);
    this.#news = this.#news.filter(({ dueMs }) => dueMs > nowMs);
    due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    for (const news of due) if (this.#views.get(news.to.self.id) === news.to) news.to.hear(news.from, news);
    for (const view of this.#views.values()) view.judge();
  }

  /** Ends deliveries by itself. */
  stop(): void {
    this.#timer?.cancel();
  }

  #deliverEvery(intervalMs: number): void {
    this.#timer = this.#options.clock.after(intervalMs, () => {
      this.#deliverEvery(intervalMs);
      this.deliver();
    });
  }

  #connected(from: MemoryView, to: MemoryView): boolean {
    const groupOf = (view: MemoryView): number => this.#groups.findIndex((group) => group.has(view.self.id));
    return groupOf(from) === groupOf(to);
  }

  #send(from: MemoryView, to: MemoryView, nowMs: number): void {
    const delayMs = this.#delays.get(`${from.self.id} ${to.self.id}`) ?? this.#options.delayMs;
    this.#sent += 1;
    const changes = from.saidSince(to.versionOf(from.self));
    this.#news.push({ dueMs: nowMs + delayMs, order: this.#sent, from, to, version: from.version, changes });
  }
}

/** What one member knows of another one. */
interface Known {
  readonly id: string;
  readonly role: MemberRole;
  readonly region: string;
  readonly generation: number;
  readonly said: Map<string, Said>;
  version: number;
  heardMs: number;
  status: MemberStatus;
}

type ViewOptions = Required<Omit<MemoryGossipOptions, "intervalMs">>;

class MemoryView implements GossipView {
  readonly #self: Known;
  readonly #known = new Map<string, Known>();
  readonly #options: ViewOptions;
  readonly #listeners = new Listeners();

  constructor(self: Required<MemoryMember>, options: ViewOptions) {
    this.#options = options;
    this.#self = { ...self, said: new Map(), version: 0, heardMs: 0, status: "alive" };
    this.#known.set(self.id, this.#self);
  }

  get self(): Member {
    return this.#memberOf(this.#self);
  }

  get version(): number {
    return this.#self.version;
  }

  set(key: string, value: string): void {
    const { said } = this.#self;
    assert(isKey(key), `gossip key ${JSON.stringify(key)}`);
    assert(valueOctets(value) !== undefined, `the value of gossip key ${key} is too long, or no text`);
    assert(said.has(key) || said.size < MAX_KEYS_PER_OWNER, `more than ${MAX_KEYS_PER_OWNER} gossip keys`);
    this.#say(key, value);
  }

  delete(key: string): void {
    if (this.#self.said.has(key)) this.#say(key, undefined);
  }

  get(memberId: string, key: string): string | undefined {
    return this.#known.get(memberId)?.said.get(key)?.value;
  }

  members(): readonly Member[] {
    return Array.from(this.#known.values(), (known) => this.#memberOf(known));
  }

  entries(prefix: string): readonly { readonly member: Member; readonly key: string; readonly value: string }[] {
    const found: { member: Member; key: string; value: string }[] = [];
    for (const known of this.#known.values()) {
      if (known.status === "dead") continue;
      const member = this.#memberOf(known);
      for (const [key, { value }] of known.said) {
        if (value !== undefined && key.startsWith(prefix)) found.push({ member, key, value });
      }
    }
    return found;
  }

  onChange(prefix: string, listener: GossipListener): () => void {
    return this.#listeners.onChange(prefix, listener);
  }

  onMember(listener: (member: Member) => void): () => void {
    return this.#listeners.onMember(listener);
  }

  /** What this member said after a version, in order. */
  saidSince(version: number): (readonly [string, Said])[] {
    return [...this.#self.said]
      .filter(([, said]) => said.version > version)
      .sort((a, b) => a[1].version - b[1].version);
  }

  /** Up to which version this one knows what another member said. */
  versionOf({ id, generation }: Member): number {
    const known = this.#known.get(id);
    return known?.generation === generation ? known.version : 0;
  }

  /** Takes in what another member said. */
  hear(from: MemoryView, { version, changes }: News): void {
    const { id, role, region, generation } = from.self;
    const before = this.#known.get(id);
    if (before !== undefined && before.generation > generation) return;
    const known =
      before?.generation === generation
        ? before
        : {
            id,
            role,
            region,
            generation,
            said: new Map<string, Said>(),
            version: 0,
            heardMs: 0,
            status: "dead" as const,
          };
    this.#known.set(id, known);
    known.heardMs = this.#options.clock.monotonicMs();
    if (known.status !== "alive") this.#setStatus(known, "alive");
    const member = this.#memberOf(known);
    if (before !== undefined && before !== known) this.#replaced(before, member, changes);
    for (const [key, said] of changes) {
      if (said.version <= known.version) continue;
      const old = known.said.get(key)?.value;
      known.said.set(key, said);
      if (old !== said.value) this.#listeners.changed(member, key, said.value);
    }
    known.version = Math.max(known.version, version);
  }

  /** Looks who was not heard of for too long. */
  judge(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const known of this.#known.values()) {
      if (known === this.#self) continue;
      const ageMs = nowMs - known.heardMs;
      const status = this.#statusAt(ageMs);
      // A killed member does not come back by itself: only `hear` raises it again.
      if (status !== known.status && status !== "alive") this.#setStatus(known, status);
      if (ageMs <= this.#options.forgottenAfterMs) continue;
      this.#known.delete(known.id);
      this.#listeners.memberChanged(this.#memberOf(known));
    }
  }

  #statusAt(ageMs: number): MemberStatus {
    if (ageMs > this.#options.deadAfterMs) return "dead";
    return ageMs > this.#options.suspectAfterMs ? "suspect" : "alive";
  }

  #setStatus(known: Known, status: MemberStatus): void {
    known.status = status;
    this.#listeners.memberChanged(this.#memberOf(known));
  }

  /** What an earlier process of the same id said counts no more. */
  #replaced(before: Known, member: Member, changes: News["changes"]): void {
    for (const [key, { value }] of before.said) {
      const isSaidAgain = changes.some(([changed, said]) => changed === key && said.value !== undefined);
      if (value !== undefined && !isSaidAgain) this.#listeners.changed(member, key, undefined);
    }
  }

  #say(key: string, value: string | undefined): void {
    if (this.#self.said.get(key)?.value === value) return;
    this.#self.version += 1;
    this.#self.said.set(key, { value, version: this.#self.version });
    this.#listeners.changed(this.self, key, value);
  }

  #memberOf({ id, role, region, generation, status, heardMs }: Known): Member {
    const ageMs = id === this.#self.id ? 0 : Math.max(0, this.#options.clock.monotonicMs() - heardMs);
    return { id, role, region, generation, status, ageMs };
  }
}

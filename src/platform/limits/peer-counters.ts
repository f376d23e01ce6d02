import type { GossipView, Member } from "../gossip/index.ts";
import { decodePage, PAGE_PREFIX, type Counter } from "./counter-page.ts";
import { PeerNews } from "./peer-news.ts";

/** What a process says at every tick, after its counters: its own time. Who has it, has them too. */
const TICK_KEY = "limit/tick";
const PREFIX = "limit/";
const LEFT = "left";
const STAMP = /^[0-9a-z]{1,10}$/;
/** Counters whose rule was not asked for here are kept so long after their news. */
const UNKNOWN_WINDOW_MS = 60_000;
/** What a process may have at least of its fair share, however little was asked of it. */
const LEAST_DEMAND_SHARE = 0.1;

/** How much the newest demand counts for the shares by demand: little, so that all sides remember about the same. */
const WEIGHT_SMOOTHING = 0.1;

/** Long-term demand, after the newest. */
export function smoothWeight(before: number, newest: number): number {
  return before === 0 ? newest : before + WEIGHT_SMOOTHING * (newest - before);
}

/** What another process has admitted of a key. */
export class RemoteCount {
  readonly peer: PeerNews;
  readonly slot: number;
  window = 0;
  current = 0;
  previous = 0;
  perMs = 0;
  askedPerMs = 0;
  /** `askedPerMs` when all processes were heard last. */
  weight = 0;
  /** As the rule says, once it was asked for here. */
  windowMs = UNKNOWN_WINDOW_MS;

  constructor(peer: PeerNews, slot: number) {
    this.peer = peer;
    this.slot = slot;
  }

  /** Takes in newer news of the same process: a count of a window only grows. */
  set(counter: Counter, isWhole: boolean): void {
    this.window = counter.window;
    this.current = counter.current;
    this.previous = counter.previous;
    this.perMs = counter.perSecond / 1_000;
    this.askedPerMs = counter.askedPerSecond / 1_000;
    if (isWhole) this.weight = smoothWeight(this.weight, this.askedPerMs);
  }

  /** What it takes of the sliding window now, with what it will have admitted since its news; 0 where they are too old. */
  usedAt(windowMs: number, nowMs: number): number {
    this.windowMs = windowMs;
    const { peer } = this;
    if (!peer.isFresh && !peer.isGone) return 0;
    const theirMs = peer.theirMs(nowMs);
    const window = Math.floor(theirMs / windowMs);
    const passed = window - this.window;
    const since = peer.isGone ? 0 : this.perMs * Math.min(windowMs, peer.ageMs(nowMs));
    if (passed > 1) return since;
    const left = (window + 1) * windowMs - theirMs;
    const before = passed <= 0 ? this.previous : this.current;
    return (passed <= 0 ? this.current : 0) + (before * left) / windowMs + since;
  }
}

/** Who shares the limits. */
export interface Shares {
  readonly processes: number;
  readonly fresh: number;
}

/** What {@link PeerCounters} need. */
export interface PeerCountersOptions {
  readonly gossip: GossipView;
  readonly delayMs: number;
  readonly staleMs: number;
  readonly expectedProcesses: number;
  /** How many slots there are. */
  readonly slots: number;
  /** The slot of a key, made where there is none, that counts until then at least. */
  readonly slotOf: (low: number, high: number, nowMs: number, untilMs: number) => number;
}

interface Peer {
  news: PeerNews;
  /** By gossip key, what stands in it. */
  pages: Map<string, RemoteCount[]>;
}

/** What the other processes have told of their counters, and how old that is. */
export class PeerCounters {
  /** By slot, what others admitted of its key. */
  readonly bySlot: (RemoteCount[] | undefined)[];
  private readonly options: PeerCountersOptions;
  private readonly peers = new Map<string, Peer>();
  /** Counts of processes that have ended, until they leave the windows. */
  private ghosts: { readonly counts: RemoteCount[]; readonly sinceMs: number }[] = [];
  private known: Shares = { processes: 1, fresh: 1 };
  private knownUntilMs = -Infinity;
  private nowOf: () => number = () => 0;
  private readonly unsubscribe: (() => void)[] = [];

  constructor(options: PeerCountersOptions) {
    this.options = options;
    this.bySlot = Array.from({ length: options.slots });
  }

  /** Whether all who share the limits are heard. */
  get isWhole(): boolean {
    return this.known.fresh === this.known.processes;
  }

  listen(nowOf: () => number): void {
    this.nowOf = nowOf;
    const { gossip } = this.options;
    this.unsubscribe.push(
      gossip.onChange(PREFIX, (member, key, value) => this.hear(member, key, value)),
      gossip.onMember((member) => this.meet(member)),
    );
    for (const { member, key, value } of gossip.entries(PREFIX)) this.hear(member, key, value);
  }

  leave(): void {
    for (const remove of this.unsubscribe.splice(0)) remove();
    this.options.gossip.set(TICK_KEY, LEFT);
  }

  /** Says that what was told before is all there is, and forgets what has left the windows. */
  tick(nowMs: number): void {
    this.options.gossip.set(TICK_KEY, Math.floor(nowMs).toString(36));
    if (this.ghosts.length === 0) return;
    this.ghosts = this.ghosts.filter(({ counts, sinceMs }) => {
      const staying = counts.filter(({ windowMs }) => nowMs - sinceMs < 2 * windowMs);
      for (const gone of counts) if (!staying.includes(gone)) this.drop(gone);
      counts.splice(0, counts.length, ...staying);
      return counts.length > 0;
    });
  }

  /** Who shares the limits, and who of them is heard. Cheap until that changes. */
  shares(nowMs: number): Shares {
    if (nowMs < this.knownUntilMs) return this.known;
    let processes = 1;
    let fresh = 1;
    let untilMs = Infinity;
    for (const { news } of this.peers.values()) {
      if (news.isGone) continue;
      const freshUntilMs = news.freshUntilMs(this.options.staleMs);
      news.isFresh = nowMs < freshUntilMs;
      processes += 1;
      if (!news.isFresh) continue;
      fresh += 1;
      untilMs = Math.min(untilMs, freshUntilMs);
    }
    this.known = { processes: Math.max(processes, this.options.expectedProcesses), fresh };
    this.knownUntilMs = untilMs;
    return this.known;
  }

  /** The part of a limit that those who are heard may divide, by what each was asked for when all were heard last. */
  partByDemand(remotes: readonly RemoteCount[], own: number, shares: Shares): number {
    let all = own;
    let heard = own;
    for (const { peer, weight } of remotes) {
      if (peer.isGone) continue;
      all += weight;
      if (peer.isFresh) heard += weight;
    }
    if (all === 0) return shares.fresh / shares.processes;
    const floor = (all * LEAST_DEMAND_SHARE) / shares.processes;
    return (heard + floor * shares.fresh) / (all + floor * shares.processes);
  }

  private hear(member: Member, key: string, value: string | undefined): void {
    const { gossip } = this.options;
    const isTick = key === TICK_KEY;
    if (member.id === gossip.self.id || (!isTick && !key.startsWith(PAGE_PREFIX))) return;
    if (value === undefined && !this.peers.has(member.id)) return;
    const peer = this.peerOf(member, isTick && value !== undefined);
    if (peer === undefined) return;
    if (!isTick) {
      this.hearPage(peer, key, value ?? "");
      return;
    }
    this.knownUntilMs = -Infinity;
    if (value === LEFT) this.bury(peer);
    else if (value !== undefined && STAMP.test(value)) peer.news.hear(Number.parseInt(value, 36), this.nowOf());
  }

  /** The peer that a member is; a new one is made when it begins to count, or when an earlier process of its id did. */
  private peerOf(member: Member, isTick: boolean): Peer | undefined {
    const known = this.peers.get(member.id);
    if (known !== undefined && known.news.generation > member.generation) return undefined;
    if (known !== undefined && known.news.generation === member.generation) {
      // Who had left and says something again, counts again.
      if (known.news.isGone && isTick) known.news = new PeerNews(member.generation, this.options.delayMs);
      return known;
    }
    if (known !== undefined) this.bury(known);
    const peer: Peer = { news: new PeerNews(member.generation, this.options.delayMs), pages: new Map() };
    this.peers.set(member.id, peer);
    this.knownUntilMs = -Infinity;
    return peer;
  }

  private hearPage(peer: Peer, key: string, value: string): void {
    const nowMs = this.nowOf();
    const before = peer.pages.get(key) ?? [];
    const counts: RemoteCount[] = [];
    for (const counter of value === "" ? [] : decodePage(value)) {
      const slot = this.options.slotOf(counter.low, counter.high, nowMs, nowMs + 2 * UNKNOWN_WINDOW_MS);
      const list = (this.bySlot[slot] ??= []);
      let count = list.find((remote) => remote.peer === peer.news);
      if (count === undefined) {
        count = new RemoteCount(peer.news, slot);
        list.push(count);
      }
      count.set(counter, this.isWhole);
      counts.push(count);
    }
    for (const count of before) if (!counts.includes(count)) this.drop(count);
    peer.pages.set(key, counts);
  }

  /** A process has ended: what it admitted stays in the windows, and it has no share any more. */
  private bury(peer: Peer): void {
    peer.news.isGone = true;
    this.ghosts.push({ counts: [...peer.pages.values()].flat(), sinceMs: this.nowOf() });
    peer.pages = new Map();
    this.knownUntilMs = -Infinity;
  }

  private drop(count: RemoteCount): void {
    const list = this.bySlot[count.slot];
    const at = list?.indexOf(count) ?? -1;
    if (list === undefined || at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.bySlot[count.slot] = undefined;
  }

  private meet(member: Member): void {
    const peer = this.peers.get(member.id);
    if (peer === undefined) return;
    if (member.generation > peer.news.generation) this.peerOf(member, false);
    else if (this.options.gossip.get(member.id, TICK_KEY) === undefined && member.status === "dead") {
      this.bury(peer);
      this.peers.delete(member.id);
    }
  }
}

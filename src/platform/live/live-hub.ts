import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Clock, Logger, Timer } from "../ports.ts";
import type { TextSocket } from "../websocket/index.ts";
import type { LiveAsk, LiveReply } from "./asks.ts";
import { liveErrors } from "./errors.ts";
import { errorFrame, FrameError, readFrame, type SubscribeFrame } from "./frames.ts";
import { MAX_QUERY_OCTETS, MAX_SUBSCRIPTIONS, PING_MS, RECHECK_MS, SESSION_ENDED, SWEEP_MS } from "./limits.ts";
import { LiveAnswerer } from "./live-answerer.ts";
import type { LiveSource } from "./source.ts";
import { WatchBoard } from "./watch-board.ts";
import type { LiveViewer, Subscription } from "./watch.ts";

export interface LiveHubOptions<Viewer extends LiveViewer> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How this process is called in `from`, for its own sources. No cell has this name. */
  readonly name: string;
  /** What it answers itself. */
  readonly ownSources: readonly LiveSource[];
  /** What cells answer. */
  readonly cellTopics: readonly string[];
  /**
   * The cells that a viewer's things are in: the home of his account, or with `all` every messaging cell. Must
   * answer at once, from memory; none where it is not known, and then it is asked again 2 s later.
   */
  readonly cellsOf: (viewer: Viewer, all: boolean) => readonly string[];
  /** Asks a cell: a signed call, or a `LiveAnswerer` of this process. Rejects where it does not answer; after 5 s it counts as away. */
  readonly askCell: (cell: string, asks: readonly LiveAsk[]) => Promise<readonly LiveReply[]> | readonly LiveReply[];
  /** Whether a viewer may watch a topic. Nothing is shown that this does not allow. */
  readonly mayWatch: (viewer: Viewer, topic: string) => boolean;
  /**
   * Asked every 30 s for every socket: the viewer as he is now, whose role may be another one; `undefined` where
   * his session has ended. While it rejects, what was known goes on.
   */
  readonly recheck: (viewer: Viewer) => Promise<Viewer | undefined>;
}

/** What a hub has to do, for metrics. */
export interface LiveHubLoad {
  readonly sockets: number;
  readonly subscriptions: number;
  /** Different questions: what is really asked. */
  readonly questions: number;
  /** Cells that do not answer. */
  readonly lost: readonly string[];
}

/**
 * Between the sockets of browsers and the cells that know. It understands nothing of what it passes on:
 * questions go to the cells that matter, a few times a second while anybody looks, one signed request for all
 * subscriptions, and what is new goes to who asked.
 */
export class LiveHub<Viewer extends LiveViewer> {
  private readonly options: LiveHubOptions<Viewer>;
  private readonly own: LiveAnswerer;
  private readonly cellTopics: ReadonlySet<string>;
  private readonly board: WatchBoard;
  private readonly clients = new Set<Client<Viewer>>();
  private sweepTimer: Timer | undefined = undefined;
  private pings = 0;

  constructor(options: LiveHubOptions<Viewer>) {
    const { clock, logger, name, ownSources, cellTopics, askCell } = options;
    this.options = options;
    this.own = new LiveAnswerer({ sources: ownSources, clock, logger });
    this.cellTopics = new Set(cellTopics);
    for (const { topic } of ownSources) assert(!this.cellTopics.has(topic), `topic ${topic} is answered twice`);
    this.board = new WatchBoard({
      clock,
      cellsOf: (subscription) => this.cellsOf(subscription),
      laneTo: (cell) => (asks) => (cell === name ? this.own.answer(asks) : askCell(cell, asks)),
    });
  }

  /** How much there is to do. */
  get load(): LiveHubLoad {
    let subscriptions = 0;
    for (const client of this.clients) subscriptions += client.subscriptions.size;
    return { sockets: this.clients.size, subscriptions, questions: this.board.count, lost: this.board.lost };
  }

  /** Takes a socket whose viewer is known, until it is gone. */
  attach(socket: TextSocket, viewer: Viewer): void {
    const nowMs = this.options.clock.monotonicMs();
    const client = new Client(socket, viewer, nowMs);
    this.clients.add(client);
    socket.onText((text) => this.take(client, text));
    socket.onClose(() => this.leave(client));
    if (this.sweepTimer === undefined) this.sweepLater();
  }

  /** Ends the sockets of a session at once, for who knows before it is asked that the session has ended. */
  endSession(sessionSid: string): void {
    for (const { viewer, socket } of this.clients) {
      if (viewer.sessionSid === sessionSid) socket.close(SESSION_ENDED, "your session has ended");
    }
  }

  private take(client: Client<Viewer>, text: string): void {
    let id: string | undefined;
    try {
      const frame = readFrame(text);
      if (frame.kind === "unsubscribe") this.unsubscribe(client, frame.id);
      else if (frame.kind === "subscribe") {
        id = frame.id;
        this.subscribe(client, frame);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      client.socket.send(errorFrame(error instanceof FrameError ? error.id : id, error));
    }
  }

  /** Throws an `AppError` where it is not allowed or too much. A subscription of the same id makes room. */
  private subscribe(client: Client<Viewer>, frame: SubscribeFrame): void {
    const { id, topic, query, queryText, all, rateMs, accountSid } = frame;
    const { viewer, socket, subscriptions } = client;
    this.unsubscribe(client, id);
    const isOwn = this.own.topics.includes(topic);
    if (!isOwn && !this.cellTopics.has(topic)) throw new AppError(liveErrors.topicUnknown, { topic });
    if (!this.options.mayWatch(viewer, topic)) throw new AppError(liveErrors.notAllowed, { topic });
    if (all && !viewer.isOperator) throw new AppError(liveErrors.everythingNotAllowed);
    if (subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new AppError(liveErrors.tooManySubscriptions, { max: MAX_SUBSCRIPTIONS });
    }
    const queryOctets = Buffer.byteLength(queryText);
    if (client.queryOctets + queryOctets > MAX_QUERY_OCTETS) {
      throw new AppError(liveErrors.queriesTooLong, { max: MAX_QUERY_OCTETS });
    }
    // Whose subaccount it is the account's own cell knows, and checks.
    const viewerSid = viewer.accountSid;
    const question = {
      topic,
      query,
      queryText,
      accountSid: accountSid ?? viewerSid,
      viewerSid,
      everything: all,
      rateMs,
    };
    const onEnd = (): void => this.unsubscribe(client, id);
    const subscription = this.board.add(question, { id, socket, viewer, onEnd });
    subscriptions.set(id, { subscription, queryOctets });
    client.queryOctets += queryOctets;
  }

  private unsubscribe(client: Client<Viewer>, id: string): void {
    const found = client.subscriptions.get(id);
    if (found === undefined) return;
    client.subscriptions.delete(id);
    client.queryOctets -= found.queryOctets;
    this.board.remove(found.subscription);
  }

  private cellsOf({ viewer, watch }: Subscription): readonly string[] {
    const { topic, everything } = watch.question;
    if (!this.cellTopics.has(topic)) return [this.options.name];
    // The board was given the viewers of this hub.
    return this.options.cellsOf(viewer as Viewer, everything);
  }

  private leave(client: Client<Viewer>): void {
    for (const id of client.subscriptions.keys()) this.unsubscribe(client, id);
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    this.sweepTimer?.cancel();
    this.sweepTimer = undefined;
  }

  private sweepLater(): void {
    this.sweepTimer = this.options.clock.after(SWEEP_MS, () => {
      this.sweepTimer = undefined;
      for (const client of this.clients) this.look(client);
      if (this.clients.size > 0) this.sweepLater();
    });
  }

  private look(client: Client<Viewer>): void {
    const { clock } = this.options;
    const nowMs = clock.monotonicMs();
    if (clock.nowMs() >= client.viewer.expiresAtMs) return client.socket.close(SESSION_ENDED, "your session has ended");
    if (nowMs >= client.nextPingMs) {
      client.nextPingMs = nowMs + PING_MS;
      this.pings += 1;
      client.socket.send(`{"ping":${this.pings}}`);
    }
    if (nowMs < client.nextCheckMs) return;
    // The next one is due when this one has come back.
    client.nextCheckMs = Number.POSITIVE_INFINITY;
    void this.recheck(client);
  }

  private async recheck(client: Client<Viewer>): Promise<void> {
    const { clock, logger, recheck } = this.options;
    try {
      const viewer = await recheck(client.viewer);
      if (viewer === undefined) return client.socket.close(SESSION_ENDED, "your session has ended");
      client.viewer = viewer;
      this.endForbidden(client);
    } catch (error) {
      logger.warn("live.session-unchecked", { reason: error instanceof Error ? error.message : String(error) });
    } finally {
      client.nextCheckMs = clock.monotonicMs() + RECHECK_MS;
    }
  }

  /** Ends what somebody may not watch any more. */
  private endForbidden(client: Client<Viewer>): void {
    const { viewer, socket } = client;
    for (const [id, { subscription }] of client.subscriptions) {
      const { topic, everything } = subscription.watch.question;
      if (this.options.mayWatch(viewer, topic) && (!everything || viewer.isOperator)) continue;
      this.unsubscribe(client, id);
      socket.send(errorFrame(id, new AppError(liveErrors.notAllowed, { topic })));
    }
  }
}

/** One socket, and who is at the other end. */
class Client<Viewer extends LiveViewer> {
  readonly socket: TextSocket;
  viewer: Viewer;
  readonly subscriptions = new Map<string, { readonly subscription: Subscription; readonly queryOctets: number }>();
  queryOctets = 0;
  nextPingMs: number;
  nextCheckMs: number;

  constructor(socket: TextSocket, viewer: Viewer, nowMs: number) {
    this.socket = socket;
    this.viewer = viewer;
    this.nextPingMs = nowMs + PING_MS;
    this.nextCheckMs = nowMs + RECHECK_MS;
  }
}

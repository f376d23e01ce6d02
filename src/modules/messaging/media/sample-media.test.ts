/** A messaging cell with media and an HTTP server for this folder's tests. It holds no tests itself. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryBlobStore, ManualClock } from "../../../adapters/memory/index.ts";
import { systemClock } from "../../../adapters/system/index.ts";
import { present } from "../../../kernel/assert.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import { Cell } from "../../../platform/cell/index.ts";
import { HttpServer, type InjectedResponse } from "../../../platform/http/index.ts";
import { openLog } from "../../../platform/log/index.ts";
import type { BlobStore, Database } from "../../../platform/ports.ts";
import { emptyDatabase } from "../../../../test/kit/routes.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import type { MessagingDeps } from "../deps.ts";
import type { MessageEffects } from "../effects.ts";
import { messageMachine } from "../message-machine.ts";
import { NO_SERVICES } from "../neighbour-defaults.ts";
import { MessageState } from "../message-state.ts";
import type { Message } from "../message.ts";
import type { MessageAccepted } from "../records.ts";
import { MediaFetcher, mediaRoutes, type FetchedUrl } from "./index.ts";

export const ACCOUNT = `AC${"a".repeat(32)}`;
export const FOREIGN = `AC${"f".repeat(32)}`;
export const PUBLIC_URL = "https://sms.example.org/";
const ALIVE_MS = 3_600_000;

/** What the web answers; an address that is not in it has no host. */
export type Web = Map<string, FetchedUrl>;

/** An answer of a given type and size. */
export function page(contentType: string, body: string | number, status = 200): FetchedUrl {
  return { status, contentType, body: typeof body === "string" ? Buffer.from(body) : new Uint8Array(body) };
}

export interface MediaWorld {
  readonly deps: MessagingDeps;
  readonly clock: ManualClock;
  readonly fetcher: MediaFetcher;
  readonly web: Web;
  /** Addresses in the order they were asked for. */
  readonly asked: string[];
  /** SIDs of messages that can be sent. */
  readonly ready: string[];
  /** Keys of what is stored, in the order it was. */
  readonly stored: Set<string>;
  /** While set, the store fails. */
  storeFails: boolean;
  /** Called before each answer of the web. */
  beforeAnswer: () => Promise<void> | void;
  /** Accepts a message with media, which are then fetched. */
  send(mediaUrls: readonly string[], more?: Partial<MessageAccepted>): Promise<string>;
  message(sid: string): Readonly<Message>;
  /** Asks the server as the account. */
  request(method: string, url: string, account?: string): Promise<InjectedResponse>;
  /** Waits until the message is not waiting for its media any more. */
  settled(sid: string): Promise<Readonly<Message>>;
  stop(): Promise<void>;
}

/** Opens a cell over a log in a folder of its own. */
export async function startMediaWorld(options: { database?: Database } = {}): Promise<MediaWorld> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-media-"));
  const clock = new ManualClock();
  const log = await openLog({ directory: folder, logger: silentLogger, clock: systemClock });
  const state = new MessageState();
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const memory = new MemoryBlobStore();
  const database = options.database ?? emptyDatabase;
  const ready: string[] = [];
  const effects: MessageEffects & { recovered(): void } = {
    waits: () => undefined,
    accepted: (message) => void ready.push(message.sid),
    ready: (message) => void ready.push(message.sid),
    fetchMedia: (message) => world.fetcher.fetch(message),
    submit: () => undefined,
    retry: () => undefined,
    receiptEntered: () => undefined,
    handedOver: () => undefined,
    recovered: () => undefined,
  };
  const machine = messageMachine({ state, effects, services: NO_SERVICES });
  const projectedOffsets = new Map<string, number>();
  const cell = new Cell({ name: "test", log, clock, logger: silentLogger, machines: [machine], projectedOffsets });
  await cell.recover();
  const mintSid = (prefix: string): string => minter.mint(prefix);
  const deps = { cell, state, database, clock, logger: silentLogger, mintSid } as unknown as MessagingDeps;
  const blobs: BlobStore = {
    put: async (key, content, contentType) => {
      if (world.storeFails) throw new Error("the disk is full");
      await memory.put(key, content, contentType);
      world.stored.add(key);
    },
    get: (key) => memory.get(key),
    remove: async (key) => {
      await memory.remove(key);
      world.stored.delete(key);
    },
  };
  const server = serverOf({ deps, blobs, minter });
  const world: MediaWorld = {
    deps,
    clock,
    fetcher: new MediaFetcher({
      deps,
      blobs,
      publicUrl: () => PUBLIC_URL,
      fetchUrl: async (url) => {
        world.asked.push(url);
        await world.beforeAnswer();
        return world.web.get(url) ?? { failed: 11210, text: "no such host" };
      },
    }),
    web: new Map(),
    asked: [],
    ready,
    stored: new Set(),
    storeFails: false,
    beforeAnswer: () => undefined,
    send: async (mediaUrls, more = {}) => {
      const sid = mintSid("MM");
      await cell.commit({ ...accepted(sid, mediaUrls, clock.nowMs() + ALIVE_MS), ...more });
      return sid;
    },
    message: (sid) => present(state.messages.get(sid), "the message"),
    request: (method, url, account = ACCOUNT) =>
      server.inject({ method, url, auth: { username: account, password: "secret" } }),
    settled: async (sid) => {
      // Every turn of the loop lets what is under way go on.
      for (let turn = 0; turn < 100_000; turn += 1) {
        const message = present(state.messages.get(sid), "the message");
        if (message.mediaUrls === undefined || message.status !== "queued") return message;
        await new Promise((resolve) => setImmediate(resolve));
      }
      throw new Error("the media were never settled");
    },
    stop: async () => {
      world.fetcher.close();
      await cell.close();
      await rm(folder, { recursive: true });
    },
  };
  return world;
}

function accepted(sid: string, mediaUrls: readonly string[], validUntilMs: number): MessageAccepted {
  return {
    kind: "message.accepted",
    sid,
    accountSid: ACCOUNT,
    direction: "outbound-api",
    from: "+12125550100",
    to: "+12125550123",
    body: "look",
    encoding: "GSM-7",
    segments: 1,
    validUntilMs,
    mediaUrls,
  };
}

function serverOf(options: { deps: MessagingDeps; blobs: BlobStore; minter: SidMinter }): HttpServer {
  const { deps, blobs, minter } = options;
  return new HttpServer({
    clock: deps.clock,
    logger: silentLogger,
    minter,
    authenticator: {
      authenticate: ({ username: accountSid }) =>
        Promise.resolve({
          accountSid,
          status: "active",
          credential: "token",
          canAccess: () => Promise.resolve(false),
        }),
    },
    routes: mediaRoutes({ deps, blobs }),
    onBug: (error) => {
      throw error;
    },
  });
}

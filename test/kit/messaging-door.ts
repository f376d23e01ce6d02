import { HttpServer, type InjectedResponse, type Route } from "../../src/platform/http/index.ts";
import { idempotency, KeyBook } from "../../src/platform/idempotency/index.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import { ACCOUNT, MessagingWorld, type WorldOptions } from "./messaging-world.ts";
import { silentLogger } from "./silent-logger.ts";

/** A request of the world's account. */
export interface DoorRequest {
  readonly path: string;
  readonly body: string | Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** The HTTP door of a messaging world, with the step of idempotency keys in front. */
export class MessagingDoor {
  readonly world: MessagingWorld;
  /** The keys of the process that runs. */
  keys: KeyBook = new KeyBook();
  private readonly secrets = new SecretBox(new Uint8Array(32).fill(3));
  private readonly moreRoutes: readonly Route[];

  private constructor(options: WorldOptions, moreRoutes: readonly Route[]) {
    this.moreRoutes = moreRoutes;
    this.world = new MessagingWorld({
      ...options,
      machines: () => {
        this.keys = new KeyBook();
        return [this.keys.machine];
      },
    });
  }

  /** `moreRoutes` stand beside those of messaging. */
  static async open(options: WorldOptions = {}, moreRoutes: readonly Route[] = []): Promise<MessagingDoor> {
    const door = new MessagingDoor(options, moreRoutes);
    await door.world.open();
    return door;
  }

  /** A server over the process that runs; requests of one server know of each other. */
  serve(): HttpServer {
    const { world, keys, secrets } = this;
    const { clock, cell } = world;
    const principal = { accountSid: ACCOUNT, status: "active", credential: "token" } as const;
    return new HttpServer({
      clock,
      logger: silentLogger,
      minter: { mint: (prefix) => `${prefix}0` },
      authenticator: {
        authenticate: () => Promise.resolve({ ...principal, canAccess: () => Promise.resolve(false) }),
      },
      routes: [...world.module.routes, ...this.moreRoutes],
      around: [idempotency({ keys, cell: () => cell, secrets, clock, logger: silentLogger })],
    });
  }

  post({ path, body, headers = {} }: DoorRequest, server: HttpServer = this.serve()): Promise<InjectedResponse> {
    const type = typeof body === "string" ? { "Content-Type": "application/json" } : {};
    const auth = { username: ACCOUNT, password: "x" };
    return server.inject({ method: "POST", url: path, body, headers: { ...type, ...headers }, auth });
  }
}

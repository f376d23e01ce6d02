import { present } from "../../kernel/assert.ts";
import type { Cell, Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Authenticator, Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration, Net, RandomBytes } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { AccountDirectory } from "../accounts/index.ts";
import type { Bind } from "./bind.ts";
import { CredentialBook } from "./credential-book.ts";
import { credentialRoutes } from "./credentials.resource.ts";
import { DeliveryDesk, type DeliveryLimits } from "./delivery-desk.ts";
import { esmeMachine } from "./esme-machine.ts";
import { EsmeServer, type EsmeServerOptions } from "./esme-server.ts";
import { EsmeState } from "./esme-state.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { Intake } from "./intake.ts";
import { esmeMigrations } from "./migrations.ts";
import { esmeMovable } from "./movable.ts";
import { messagingDoor } from "./messaging-door.ts";
import type { MessagingDeps } from "../messaging/index.ts";

/** What this module works with: one for each messaging cell. */
export interface EsmeOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly randomBytes: RandomBytes;
  readonly secrets: SecretBox;
  readonly authenticator: Authenticator;
  readonly accounts: AccountDirectory;
  /** What messaging works with; asked for at each step, because it is made beside this module. */
  readonly messaging: () => MessagingDeps;
  readonly maxBindsPerAccount: number;
  readonly limits: DeliveryLimits;
  /** `undefined`: nobody can bind; receipts and texts that wait are kept, and credentials can be made. */
  readonly server: EsmeServerOptions | undefined;
}

/** What entry mounts. */
export interface EsmeModule {
  readonly machine: Machine;
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** For messaging: whether an account's texts go to its binds. */
  readonly inboundBinds: { has(accountSid: string): boolean };
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Reads the credentials and listens; after the migrations and the cell's recovery. Resolves to the ports. */
  start(): Promise<{ readonly port: number | undefined; readonly tlsPort: number | undefined }>;
  status(): EsmeStatus;
  /** Unbinds everybody. The cell must still take records. */
  close(): Promise<void>;
}

/** What the operator is shown. */
export interface EsmeStatus {
  readonly sessions: readonly SessionStatus[];
  /** Receipts and texts that no bind has acknowledged yet. */
  readonly waiting: number;
  /** Long messages whose parts are not all there. */
  readonly openParts: number;
  readonly credentials: number;
}

export interface SessionStatus {
  readonly systemId: string;
  readonly accountSid: string;
  readonly peer: string;
  readonly bind: string;
  readonly version: number;
  readonly boundMs: number;
  readonly messagesPerSecond: number;
  readonly submitted: number;
  readonly refused: number;
  readonly delivered: number;
  readonly requestsUnderWay: number;
  readonly deliveriesUnderWay: number;
}

const CLOSE_DRAIN_MS = 2_000;

/** SMPP for customers. */
export function esmeModule(options: EsmeOptions): EsmeModule {
  const { database, clock, net, logger, mintSid } = options;
  const state = new EsmeState();
  const book = new CredentialBook(database);
  let attached: Cell | undefined;
  const cell = (): Cell => present(attached, "the esme module has a cell");
  const messaging = messagingDoor(options.messaging);
  const desk = new DeliveryDesk({
    state,
    clock,
    logger,
    cell,
    credential: (systemId) => book.find(systemId),
    limits: options.limits,
  });
  const intake = new Intake({ state, clock, logger, cell, mintSid, messaging });
  let server: EsmeServer | undefined;
  const gatekeeper = new Gatekeeper({
    ...options,
    book,
    countBinds: (by) => server?.countBinds(by) ?? 0,
  });
  if (options.server !== undefined) {
    server = new EsmeServer(
      {
        net,
        clock,
        logger,
        book,
        messaging,
        intake,
        desk,
        judge: (request) => gatekeeper.judge(request),
        isOpen: (sid, accountSid) => intake.isOpen(sid, accountSid),
      },
      options.server,
    );
  }
  return {
    machine: esmeMachine(state, desk),
    migrations: esmeMigrations,
    routes: credentialRoutes({ ...options, book }),
    movable: esmeMovable(state, book),
    inboundBinds: {
      has: (accountSid) => server !== undefined && (book.wantsTexts(accountSid) || desk.hasTextBind(accountSid)),
    },
    attach: (given) => {
      attached = given;
    },
    start: async () => {
      await book.reload();
      intake.start();
      desk.start();
      return (await server?.listen()) ?? { port: undefined, tlsPort: undefined };
    },
    status: () => ({
      sessions: Array.from(server?.sessions ?? [], sessionStatus),
      waiting: desk.size,
      openParts: intake.openSets,
      credentials: book.size,
    }),
    close: async () => {
      intake.close();
      await server?.close(CLOSE_DRAIN_MS);
      await desk.close();
    },
  };
}

function sessionStatus({ session, grant, ...bind }: Bind): SessionStatus {
  return {
    systemId: grant.systemId,
    accountSid: grant.accountSid,
    peer: session.peer,
    bind: session.bind,
    version: session.interfaceVersion,
    boundMs: session.boundAtMs,
    messagesPerSecond: bind.rate.perSecond,
    submitted: bind.submitted,
    refused: bind.refused,
    delivered: bind.delivered,
    requestsUnderWay: bind.underWay,
    deliveriesUnderWay: session.outstanding,
  };
}

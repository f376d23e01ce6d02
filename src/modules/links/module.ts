import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import {
  CertificateContexts,
  OpenChallenges,
  type CertificateIssuer,
  type CertificateStore,
  type IssuerKeyStore,
} from "../../platform/certificates/index.ts";
import type { Movable, SignedEndpoint, Standing } from "../../platform/fleet/index.ts";
import type { HttpRequest, RequestAnswerer, Route } from "../../platform/http/index.ts";
import { linkCodeKey, LinkCodes, type CountryOfAddress, type LinkSite } from "../../platform/links/index.ts";
import { present } from "../../kernel/assert.ts";
import type { Migration } from "../../platform/ports.ts";
import { ignoreAnswer, type Responder } from "../../platform/webhooks/index.ts";
import { bulkLinkRoutes } from "./bulk.resource.ts";
import { ClickJournal } from "./clicks/index.ts";
import type { DomainRules, LinkDeps } from "./deps.ts";
import { LinkDoor, linkAnswerer, MissReports } from "./door/index.ts";
import { CertificateKeeper } from "./domains/certificate-keeper.ts";
import { DomainBook } from "./domains/index.ts";
import { issuerKeys } from "./domains/issuer-keys.ts";
import { linkDomainRoutes } from "./domains/link-domains.resource.ts";
import { linkShorteningRoutes } from "./domains/link-shortening.resource.ts";
import { siteEndpoint } from "./domains/site-endpoint.ts";
import { LinkBook } from "./link-book.ts";
import { CLICK_PURPOSE, linkMachine } from "./link-machine.ts";
import { LinkState } from "./link-state.ts";
import { linkProjections } from "./link.store.ts";
import { linkRoutes } from "./links.resource.ts";
import { linkMigrations } from "./migrations.ts";
import { linksMovable } from "./movable.ts";
import { Pruning } from "./pruning.ts";
import { Shortener } from "./shorten.ts";
import type { LinkShortening } from "./shortening.ts";

/** What this module works with: one for each messaging cell. */
export interface LinksOptions extends Pick<
  LinkDeps,
  | "database"
  | "clock"
  | "logger"
  | "net"
  | "secrets"
  | "randomBytes"
  | "mintSid"
  | "cellNumber"
  | "index"
  | "dns"
  | "fetchText"
  | "qrCodes"
  | "isOperator"
  | "isService"
> {
  /** The name of the cell whose log the machine stands in. */
  readonly cell: string;
  readonly rules: DomainRules;
  /** Whether a redirect waits until its click is on the disk. */
  readonly durability: "sync" | "async";
  /** Where a visitor's address is; the other end of the connection where absent. */
  readonly addressOf?: (request: HttpRequest) => string;
  /** From the operator's file; nothing is known of countries where absent. */
  readonly countryOf?: CountryOfAddress;
  /** Makes what obtains certificates, given where the key of its account is kept; none are obtained where absent. */
  readonly makeIssuer?: (keys: IssuerKeyStore) => CertificateIssuer;
  /** How accounts stand that move to another cell. */
  readonly standing?: (key: string) => Standing | undefined;
}

/** What entry mounts. */
export interface LinksModule {
  /** For messaging, from memory. */
  readonly shortening: LinkShortening;
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly responders: Readonly<Record<string, Responder>>;
  readonly movable: Movable;
  /** For TLS servers: the certificate of a name. */
  readonly certificates: CertificateStore;
  /** The same as contexts, for an `SNICallback`. */
  readonly contexts: CertificateContexts;
  /** For edges: the domains of this cell, with sealed keys; to be mounted as a signed endpoint. */
  readonly siteEndpoint: SignedEndpoint;
  /** Whose the link domain of a host field is, where it names one of this cell that works. */
  siteOf(host: string): Pick<LinkSite, "accountSid"> | undefined;
  /** Puts the redirects before what answers requests. */
  through(next: RequestAnswerer): RequestAnswerer;
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Reads domains and makes sure that the index is whole; after the migrations, before the cell recovers. */
  open(): Promise<void>;
  /** Obtains and renews certificates, and forgets what is old, from now on. */
  start(): void;
  /** Forgets what is old now, as it does once a day. */
  prune(): Promise<{ readonly links: number; readonly tallies: number }>;
  /** Writes down the last visits. The cell must still take records. */
  close(): Promise<void>;
  /** Visits that could not be written down since the process started. */
  readonly lostVisits: number;
}

/** What the operations work with, made of what entry gives. */
function makeDeps(options: LinksOptions, cell: () => Cell): LinkDeps {
  const { database, clock, logger, secrets, rules, index, cellNumber } = options;
  const state = new LinkState();
  const codes = new LinkCodes(linkCodeKey(secrets));
  const domains = new DomainBook({ database, clock, secrets, needsCertificates: rules.needsCertificates });
  const book = new LinkBook({ database, index, codes, state, cellNumber, logger });
  return {
    ...options,
    cell,
    codes,
    state,
    book,
    domains,
    countryOf: options.countryOf ?? (() => undefined),
    hasMoved: (accountSid) => options.standing?.(accountSid)?.kind === "moved",
    issuer: options.makeIssuer?.(issuerKeys(database, secrets)),
    challenges: new OpenChallenges(),
  };
}

/** Short links. */
export function linksModule(options: LinksOptions): LinksModule {
  const { logger } = options;
  const late: { cell?: Cell } = {};
  const cell = (): Cell => present(late.cell, "the module has its cell");
  const deps = makeDeps(options, cell);
  const { state, domains, book } = deps;
  const lost = new LostVisits(logger);
  const journal = new ClickJournal({ cell, onLost: (visits, reason) => lost.note(visits, reason) });
  const door = new LinkDoor({
    deps,
    journal,
    misses: new MissReports(deps),
    durability: options.durability,
    addressOf: options.addressOf ?? ((request) => request.peer),
    standing: options.standing,
  });
  const keeper = new CertificateKeeper(deps);
  const pruning = new Pruning(deps);
  return {
    shortening: new Shortener(deps),
    machine: linkMachine(state, { cell: options.cell }),
    projections: linkProjections(deps),
    migrations: linkMigrations,
    routes: [
      ...linkRoutes(deps),
      ...bulkLinkRoutes(deps),
      ...linkDomainRoutes(deps),
      ...linkShorteningRoutes(deps, keeper),
    ],
    responders: { [CLICK_PURPOSE]: ignoreAnswer },
    movable: linksMovable(deps),
    certificates: domains,
    contexts: new CertificateContexts(domains, logger),
    siteEndpoint: siteEndpoint(domains, options.clock),
    siteOf: (host) => door.domainOf(host),
    through: (next) => linkAnswerer(door, logger, next),
    attach: (attached) => {
      late.cell = attached;
    },
    open: async () => {
      await book.prepare();
      await domains.reload();
    },
    start: () => {
      keeper.start();
      pruning.start();
    },
    prune: () => pruning.prune(),
    close: async () => {
      keeper.stop();
      pruning.stop();
      await journal.close();
    },
    get lostVisits() {
      return lost.count;
    },
  };
}

/** Visits that the log did not take, told once until it takes them again. */
class LostVisits {
  count = 0;
  private readonly logger: LinksOptions["logger"];

  constructor(logger: LinksOptions["logger"]) {
    this.logger = logger;
  }

  note(visits: number, reason: string): void {
    // With each power of ten, so that a full disk does not fill the log of the program.
    const digits = String(this.count).length;
    if (this.count === 0 || String(this.count + visits).length > digits)
      this.logger.error("links.visits-lost", { reason });
    this.count += visits;
  }
}

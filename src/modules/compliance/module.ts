import { present } from "../../kernel/assert.ts";
import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Clock, Migration, Timer } from "../../platform/ports.ts";
import { assemble, type Assembled } from "./assemble.ts";
import { bulkConsentRoutes } from "./bulk-consents.resource.ts";
import type { Compliance } from "./compliance.ts";
import { consentMachine, consentMigrations, consentProjections, readsLikeRevocation } from "./consent/index.ts";
import { COMMON_TAGS, dltTlvs } from "./dlt/index.ts";
import { dltRoutes } from "./dlt.resource.ts";
import type { DoNotCallBook, DoNotCallStatus } from "./do-not-call/index.ts";
import { geoPermissionRoutes } from "./geo-permissions.resource.ts";
import { complianceMovable } from "./movable.ts";
import type { ComplianceOptions } from "./options.ts";
import { optOutRoutes } from "./opt-outs.resource.ts";
import type { RuleCount } from "./rule-engine.ts";
import { ruleRoutes } from "./rules.resource.ts";
import { settingResourceRoutes } from "./setting-resources.ts";
import { settingMigrations } from "./settings/index.ts";

/** What entry mounts. */
export interface ComplianceModule {
  /** What messaging asks. Answers from the first moment, by what was read so far. */
  readonly compliance: Compliance;
  /** Whether a country (ISO 3166-1 alpha-2) takes alphanumeric senders; with a sender, whether it takes that one. */
  takesNames(country: string, sender?: { readonly accountSid: string; readonly address: string }): boolean;
  /** The names of the rules that a message to a country is held to as things are now, in their order. */
  rulesAsked(country: string): readonly string[];
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Reads the settings and begins to read the do-not-call files; after the migrations, before messages are taken. */
  start(): Promise<void>;
  status(): ComplianceStatus;
  close(): void;
}

/** What the operator is shown. */
export interface ComplianceStatus {
  /** Refusals and holds by rule since the start. */
  readonly rules: ReadonlyMap<string, Readonly<RuleCount>>;
  /** Pairs of scope and recipient that are opted out, and the octets that they take. */
  readonly optOuts: number;
  readonly optOutOctets: number;
  readonly settings: number;
  readonly doNotCall: readonly DoNotCallStatus[];
}

const DAY_MS = 86_400_000;

/** The rules that messages have to pass. */
export function complianceModule(options: ComplianceOptions): ComplianceModule {
  let attached: Cell | undefined;
  const cell = (): Cell => present(attached, "the compliance module has a cell");
  const assembled = assemble(options, cell);
  const { consents, doNotCall, engine, deps, world } = assembled;
  const lists = new ListReload(doNotCall, options, () => engine.changed());
  return {
    compliance: complianceOf(options, assembled),
    takesNames: (country, sender) => {
      const { alphanumeric } = deps.countries.of(country).rule;
      if (alphanumeric !== "registered" || sender === undefined) return alphanumeric !== "forbidden";
      return world.senders.isRegistered(sender.accountSid, sender.address, country);
    },
    rulesAsked: (country) => engine.asked(country),
    machine: consentMachine(consents, options.cell),
    projections: consentProjections(consents),
    migrations: [...settingMigrations, ...consentMigrations],
    routes: [
      ...optOutRoutes(deps),
      ...settingResourceRoutes(deps),
      ...bulkConsentRoutes(deps),
      ...geoPermissionRoutes(deps),
      ...dltRoutes(deps),
      ...ruleRoutes(deps),
    ],
    movable: complianceMovable(deps),
    attach: (given) => {
      attached = given;
    },
    start: async () => {
      await deps.book.reload();
      if ((options.doNotCall ?? []).length > 0) lists.start();
    },
    status: () => ({
      rules: engine.counts,
      optOuts: consents.pairs.size,
      optOutOctets: consents.pairs.octets,
      settings: deps.book.size,
      doNotCall: doNotCall.status(),
    }),
    close: () => lists.stop(),
  };
}

function complianceOf({ registrations, dltTags = {} }: ComplianceOptions, assembled: Assembled): Compliance {
  const { engine, consents, keywords } = assembled;
  return {
    check: (draft) => engine.judge(draft, "accept"),
    recheck: (draft) => engine.judge(draft, "submit"),
    isOptedOut: (question) => consents.isOptedOut(question),
    inbound: (text) => keywords.match(text),
    revocation: (text) => (readsLikeRevocation(text.body) ? { scope: text.serviceSid ?? text.to } : undefined),
    carrierTlvs: (carrier, ids) => dltTlvs(dltTags[carrier] ?? COMMON_TAGS, ids),
    limits: ({ accountSid, from, network }) => registrations?.limits({ accountSid, from, network }) ?? [],
  };
}

/** Reads the do-not-call files at the start and from time to time: they are large, so nobody waits for them. */
class ListReload {
  private readonly lists: DoNotCallBook;
  private readonly clock: Clock;
  private readonly everyMs: number;
  private readonly loaded: () => void;
  private timer: Timer | undefined;
  private stopped = false;

  constructor(
    lists: DoNotCallBook,
    { clock, doNotCallReloadMs = DAY_MS }: Pick<ComplianceOptions, "clock" | "doNotCallReloadMs">,
    loaded: () => void,
  ) {
    this.lists = lists;
    this.clock = clock;
    this.everyMs = doNotCallReloadMs;
    this.loaded = loaded;
  }

  start(): void {
    void this.lists.load().then(() => {
      this.loaded();
      if (!this.stopped) this.timer = this.clock.after(this.everyMs, () => this.start());
    });
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }
}

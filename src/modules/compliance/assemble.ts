import type { Cell } from "../../platform/cell/index.ts";
import { ConsentState, KeywordBook } from "./consent/index.ts";
import { ContentBook } from "./content-book.ts";
import { CountryBook } from "./countries/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { COMMON_TAGS, DltBook } from "./dlt/index.ts";
import { DoNotCallBook } from "./do-not-call/index.ts";
import { GeoBook } from "./geo-book.ts";
import type { ComplianceOptions } from "./options.ts";
import { QuietHoursBook } from "./quiet-hours-book.ts";
import { RuleEngine } from "./rule-engine.ts";
import type { RuleWorld } from "./rules/index.ts";
import { SenderBook } from "./sender-book.ts";
import { SettingBook } from "./settings/index.ts";

/** The parts of this module, put together. */
export interface Assembled {
  readonly consents: ConsentState;
  readonly keywords: KeywordBook;
  readonly doNotCall: DoNotCallBook;
  readonly engine: RuleEngine;
  readonly deps: ComplianceDeps;
  readonly world: RuleWorld;
}

/** Makes the books of the rules, the engine that asks the rules over them, and what the routes work with. */
export function assemble(options: ComplianceOptions, cell: () => Cell): Assembled {
  const { database, clock, logger, mintSid, isOperator, ownsScope } = options;
  const consents = new ConsentState(options.hashKey);
  const keywords = new KeywordBook(consents);
  const { world, indexes } = makeWorld(options, consents);
  const { geo, countries, dlt, doNotCall } = world;
  const engine = new RuleEngine(world, options.onOutcome ?? (() => undefined));
  const book = new SettingBook({ database, indexes: [keywords, ...indexes], changed: () => engine.changed() });
  const deps: ComplianceDeps = {
    database,
    clock,
    logger,
    mintSid,
    book,
    onChange: options.onSettingChange ?? (() => undefined),
    cell,
    consents,
    countries,
    geo,
    dlt,
    doNotCall,
    engine,
    isOperator,
    ownsScope,
  };
  return { consents, keywords, doNotCall, engine, deps, world };
}

function makeWorld(options: ComplianceOptions, consents: ConsentState) {
  const { mainOf, homeCountryOf, clock, logger, registrations, spam } = options;
  const geo = new GeoBook({
    defaults: options.geoDefaults,
    ...(mainOf === undefined ? {} : { mainOf }),
    ...(homeCountryOf === undefined ? {} : { homeCountryOf }),
  });
  const countries = new CountryBook();
  const senders = new SenderBook();
  const dlt = new DltBook();
  const quietHours = new QuietHoursBook(options.quietHours ?? "refuse");
  const doNotCall = new DoNotCallBook({ sources: options.doNotCall ?? [], clock, logger });
  const content = new ContentBook();
  const indexes = [geo, countries, senders, dlt, quietHours, doNotCall, content];
  const books = { consents, geo, countries, senders, dlt, quietHours, doNotCall, content };
  const world: RuleWorld = Object.assign(books, { registrations, spam, dltTags: COMMON_TAGS });
  return { world, indexes };
}

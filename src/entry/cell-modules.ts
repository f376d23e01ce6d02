import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { acmeIssuer } from "../adapters/acme/index.ts";
import { openCountryFile } from "../adapters/countries/index.ts";
import { dnsTexts } from "../adapters/dns/index.ts";
import { openLinkIndex } from "../adapters/lmdb/index.ts";
import { qrCodes } from "../adapters/qr-codes/index.ts";
import { systemRandomBytes } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import { a2pModule, type A2pModule } from "../modules/a2p/index.ts";
import type { AccountDirectory } from "../modules/accounts/index.ts";
import { auditModule, type AuditModule } from "../modules/audit/index.ts";
import { complianceModule, spamModule, type ComplianceModule, type SpamModule } from "../modules/compliance/index.ts";
import { ledgerModule, type EscrowHome, type LedgerModule } from "../modules/ledger/index.ts";
import { linksModule, type LinksModule } from "../modules/links/index.ts";
import type { NumbersModule } from "../modules/numbers/index.ts";
import { pricingModule, type PricingModule } from "../modules/pricing/index.ts";
import type { RegulatoryModule } from "../modules/regulatory/index.ts";
import { servicesModule, type ServicesModule } from "../modules/services/index.ts";
import { addressBehindEdge } from "../platform/edge/index.ts";
import { HeadSigner, SEED_OCTETS } from "../platform/audit/index.ts";
import type { Cell } from "../platform/cell/index.ts";
import type { FleetKey, HomeGate } from "../platform/fleet/index.ts";
import type { Clock, Database, Logger, Net } from "../platform/ports.ts";
import type { SecretBox } from "../platform/secrets/index.ts";
import type { FetchText, LinkIndex } from "../platform/links/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { contentHash, pauseForOthers } from "./routing.ts";

/** What the modules around messaging are made of. */
export interface CellModulesOptions {
  readonly name: string;
  /** 0 where there is one cell only. */
  readonly cellNumber: number;
  readonly settings: ProgramSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly secrets: SecretBox;
  readonly fleetKey: FleetKey;
  readonly accounts: AccountDirectory;
  readonly numbers: NumbersModule["directory"];
  readonly regulatory: RegulatoryModule;
  readonly isOperator: (accountSid: string) => boolean;
  readonly mintSid: (prefix: string) => string;
  readonly cell: () => Cell;
  /** Fetches a short text from a customer's site, through the guard. */
  readonly fetchText: FetchText;
  readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  /** Of a cell among others. */
  readonly gate?: HomeGate | undefined;
  readonly escrowHome?: EscrowHome | undefined;
  readonly publicUrl: () => string;
}

/** The modules that a messaging cell has beside messaging. */
export interface CellModules {
  readonly pricing: PricingModule;
  readonly ledger: LedgerModule;
  readonly services: ServicesModule;
  readonly a2p: A2pModule;
  readonly compliance: ComplianceModule;
  /** Absent where texts are not looked at. */
  readonly spam: SpamModule | undefined;
  readonly links: LinksModule;
  readonly audit: AuditModule;
  /** Closes what holds files. */
  close(): Promise<void>;
}

/** All of them, in the order in which an account's data is copied when it moves. */
export function listModules(modules: CellModules) {
  const { services, a2p, compliance, pricing, ledger, links, audit, spam } = modules;
  return [services, a2p, compliance, pricing, ledger, links, audit, ...(spam === undefined ? [] : [spam])];
}

/** Reads what they keep in the database; after the migrations, before the cell recovers. */
export async function openModules({ pricing, services, a2p, compliance, spam, links }: CellModules): Promise<void> {
  await services.directory.reload();
  await a2p.registrations.reload();
  await pricing.start();
  await spam?.start();
  await compliance.start();
  await links.open();
}

/** What they do by themselves begins. The cell takes records. */
export function startModules({ ledger, a2p, links }: CellModules): void {
  ledger.start();
  a2p.start();
  links.start();
}

/** Ends what they do by themselves. The cell still takes records. */
export async function closeModules(modules: CellModules): Promise<void> {
  const { pricing, ledger, a2p, compliance, spam, links, audit } = modules;
  audit.stop();
  pricing.close();
  compliance.close();
  await spam?.close();
  await a2p.stop();
  await links.close();
  await ledger.close();
}

const FILE_KEY_OCTETS = 32;

/** Makes the modules that price, judge and charge messages, and choose who they are from. */
export async function makeCellModules(options: CellModulesOptions): Promise<CellModules> {
  const { settings, database, clock, logger, mintSid, isOperator, accounts, cell, name, fleetKey } = options;
  const ports = { database, clock, logger, mintSid, isOperator };
  const late: { ledger?: LedgerModule; a2p?: A2pModule; compliance?: ComplianceModule } = {};
  const pricing = pricingModule({
    ...ports,
    hash: contentHash,
    pause: pauseForOthers,
    currencyOf: (sid) => present(late.ledger, "the ledger is made").spending.currencyOf(sid),
    payerOf: (sid) => present(late.ledger, "the ledger is made").payerOf(sid),
  });
  const ledger = ledgerModule({
    ...ports,
    cellName: name,
    cell,
    familyOf: async (sid) => {
      const mainSid = await accounts.mainOf(sid);
      return mainSid === undefined ? undefined : { mainSid, isHome: options.gate?.accepts(mainSid) ?? true };
    },
    ...(options.escrowHome === undefined ? {} : { escrowHome: options.escrowHome }),
    defaultCurrency: settings.ledger.currency,
    leaseMs: settings.ledger.leaseSeconds * 1_000,
  });
  late.ledger = ledger;
  const services = makeServices(options, {
    a2p: () => present(late.a2p, "a2p is made"),
    compliance: () => present(late.compliance, "compliance is made"),
  });
  const a2p = makeA2p(options, services);
  late.a2p = a2p;
  const spam = makeSpam(options);
  const compliance = makeCompliance(options, { a2p, services, spam });
  late.compliance = compliance;
  const index = await openLinkIndex(join(settings.data, "cells", name, "links"));
  const links = await makeLinks(options, { services, index });
  const signer = new HeadSigner((of) => fleetKey.derive(`audit head of ${of}`, SEED_OCTETS));
  const audit = auditModule({ ...ports, ...addressOf(options), cell: name, signer });
  return { pricing, ledger, services, a2p, compliance, spam, links, audit, close: () => index.close() };
}

function makeServices(
  options: CellModulesOptions,
  { a2p, compliance }: { a2p: () => A2pModule; compliance: () => ComplianceModule },
): ServicesModule {
  const { settings, database, clock, logger, mintSid, numbers, cell, name, gate } = options;
  const folder = settings.numbering.deactivationsFolder;
  return servicesModule({
    database,
    clock,
    logger,
    mintSid,
    numbers,
    cell,
    fileKey: systemRandomBytes(FILE_KEY_OCTETS),
    filePrefix: gate === undefined ? "" : `/cells/${name}`,
    alphaAllowed: (country, sender) => compliance().takesNames(country, sender),
    isRegistered: (accountSid, serviceSid) => a2p().registrations.isServiceRegistered(accountSid, serviceSid),
    ...(folder === undefined ? {} : { deactivated: (date) => fileOf(join(folder, `${date}.txt`)) }),
  });
}

/** The content of a file; `undefined` where there is none. */
async function fileOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function makeA2p(options: CellModulesOptions, services: ServicesModule): A2pModule {
  const { settings, database, clock, logger, mintSid, numbers, regulatory, cell, subaccountsOf } = options;
  const { enforcement, registeredElsewhere, throughput, statusCallback, simulatedReviewMs } = settings.a2p;
  return a2pModule({
    database,
    clock,
    logger,
    mintSid,
    profiles: regulatory.profiles,
    services: services.directory,
    numberBySid: async (accountSid, sid) => {
      const number = numbers.numberBySid(accountSid, sid);
      return number === undefined ? undefined : { number: number.number, isTollFree: number.kind === "tollfree" };
    },
    subaccountsOf,
    isEnforced: enforcement === "on",
    registeredElsewhere,
    throughput,
    statusCallbackUrl: statusCallback === undefined ? undefined : String(statusCallback),
    commit: (record) => cell().commit(record),
    simulatedReviewMs,
  });
}

function makeSpam({ settings, database, clock, logger, mintSid, isOperator, accounts }: CellModulesOptions) {
  const { mode, blockScore, flagScore, costlyPrefixes } = settings.spam;
  if (mode === "off") return undefined;
  return spamModule({
    database,
    clock,
    logger,
    mintSid,
    isOperator,
    mode,
    thresholds: { block: Number(blockScore), flag: Number(flagScore) },
    costlyPrefixes: new Set(costlyPrefixes),
    mainOf: (sid) => accounts.knownMainOf(sid),
  });
}

function makeCompliance(
  options: CellModulesOptions,
  { a2p, services, spam }: { a2p: A2pModule; services: ServicesModule; spam: SpamModule | undefined },
): ComplianceModule {
  const { settings, database, clock, logger, mintSid, isOperator, numbers, accounts, fleetKey } = options;
  const { homeCountry, countries, anyCountry, quietHours, doNotCall } = settings.compliance;
  return complianceModule({
    database,
    clock,
    logger,
    mintSid,
    isOperator,
    cell: options.name,
    hashKey: Buffer.from(fleetKey.derive("recipients of consent", 32)).toString("hex"),
    ownsScope: (accountSid, scope) =>
      scope.startsWith("MG")
        ? services.directory.service(accountSid, scope) !== undefined
        : numbers.sender(accountSid, scope) !== undefined,
    registrations: a2p.registrations,
    ...(spam === undefined ? {} : { spam: spam.check }),
    geoDefaults: { homeCountry, countries: anyCountry ? "all" : countries },
    mainOf: (sid) => accounts.knownMainOf(sid),
    quietHours,
    doNotCall: doNotCall.map(({ name, country, file }) => ({ name, country, open: () => createReadStream(file) })),
  });
}

async function makeLinks(
  options: CellModulesOptions,
  { services, index }: { services: ServicesModule; index: LinkIndex },
): Promise<LinksModule> {
  const { settings, database, clock, logger, net, secrets, mintSid, isOperator, name, cellNumber, gate } = options;
  const { ownership, targets, certificates, allowSelfSigned, clicks, countriesFile, acmeDirectory, acmeEmail } =
    settings.links;
  const countryOf = countriesFile === undefined ? undefined : await openCountryFile(countriesFile);
  return linksModule({
    database,
    clock,
    logger,
    net,
    secrets,
    randomBytes: systemRandomBytes,
    mintSid,
    cell: name,
    cellNumber,
    index,
    dns: dnsTexts,
    fetchText: options.fetchText,
    qrCodes,
    isOperator,
    isService: (accountSid, sid) => services.directory.service(accountSid, sid) !== undefined,
    durability: clicks,
    ...addressOf(options),
    rules: {
      ownership,
      targets,
      allowSelfSigned,
      needsCertificates: certificates === "needed",
      reservedHosts: reservedHosts(settings),
    },
    ...(countryOf === undefined ? {} : { countryOf }),
    ...(gate === undefined ? {} : { standing: (key: string) => gate.standing(key) }),
    ...(acmeDirectory === undefined
      ? {}
      : {
          makeIssuer: (keys) =>
            acmeIssuer({
              directoryUrl: String(acmeDirectory),
              keys,
              ...(acmeEmail === undefined ? {} : { email: acmeEmail }),
            }),
        }),
  });
}

/** A cell among others is reached through edges, which say where a request comes from. */
function addressOf({ gate }: CellModulesOptions): { addressOf?: typeof addressBehindEdge } {
  return gate === undefined ? {} : { addressOf: addressBehindEdge };
}

/** The hosts under which the API is reached: no link domain can have them. */
function reservedHosts(settings: ProgramSettings): readonly string[] {
  const hosts = ["localhost", "127.0.0.1", settings.host.toLowerCase()];
  if (settings.publicUrl !== undefined) hosts.push(new URL(String(settings.publicUrl)).hostname);
  return hosts;
}

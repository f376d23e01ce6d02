import { oneTimeCodes } from "../adapters/otpauth/index.ts";
import { qrCodes } from "../adapters/qr-codes/index.ts";
import { consoleCell, type ConsoleCell } from "../modules/console/index.ts";
import { LiveAnswerer, RequestRing } from "../platform/live/index.ts";
import { openBlobFolder } from "../adapters/files/index.ts";
import { migrate, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import type { SidMinter } from "../kernel/ids.ts";
import { accountsModule, type AccountsModule } from "../modules/accounts/index.ts";
import { CarrierBook } from "../modules/messaging/index.ts";
import {
  numbersModule,
  webhooksInto,
  type NumbersModule,
  type NumbersOptions,
  type NumberPool,
} from "../modules/numbers/index.ts";
import { regulatoryModule, type RegulatoryModule } from "../modules/regulatory/index.ts";
import type { Progress } from "../platform/cli/index.ts";
import type { NumberSettings } from "../platform/config/index.ts";
import type { FleetKey } from "../platform/fleet/index.ts";
import type { Mount, ReadinessCheck, Route } from "../platform/http/index.ts";
import { LogError, type Log } from "../platform/log/index.ts";
import type { Cell } from "../platform/cell/index.ts";
import type { Metrics } from "../platform/metrics/index.ts";
import type { BlobStore, Logger, Migration } from "../platform/ports.ts";
import type { SecretBox } from "../platform/secrets/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { openCellLog, prepareMessagingCell, type MessagingCell, type Neighbours } from "./messaging-cell.ts";
import type { Observing } from "./observability.ts";
import { openPortedNumbers } from "./ported-numbers.ts";
import type { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

/** The cell of a system that runs in one process, and the first one of any system. */
export const FIRST_CELL = "messaging-1";

/** What a messaging cell is made of, whichever process it runs in. */
export interface CellCoreOptions {
  readonly name: string;
  readonly settings: ProgramSettings;
  readonly log: Log;
  readonly database: PooledDatabase;
  readonly mediaFolder: string;
  readonly secrets: SecretBox;
  readonly minter: SidMinter;
  readonly fleetKey: FleetKey;
  /** 0 where there is one cell only. */
  readonly cellNumber: number;
  /** The configured ones, or the way to the simulated one. */
  readonly carriers: ProgramSettings["carriers"];
  readonly numbers: readonly NumberSettings[];
  /** Whether the operator's account is at home here: then it is made where there is none. */
  readonly isOperatorHome: boolean;
  readonly publicUrl: () => string;
  /** What stands between that and the paths at which carriers call back. */
  readonly carrierPath?: string;
  readonly logger: Logger;
  readonly progress: Progress;
  readonly shutdown: Shutdown;
  /** Tables of what runs in the same process beside the cell. */
  readonly migrations?: readonly Migration[];
  /** Of a cell among others. */
  readonly neighbours?: Neighbours;
  /** Nothing is watched where absent. */
  readonly observing?: Observing | undefined;
  /** The inventory of numbers that cells share; without it this cell sells what is its own. */
  readonly pool?: NumberPool | undefined;
  /** Told of sessions of the console that ended, where its door is in this process. */
  readonly onSessionsEnded?: ((sessionSids: readonly string[]) => void) | undefined;
  /** After the migrations, and before anything can come in: requests, binds of customers, texts of carriers. */
  readonly beforeOpen?: () => Promise<void>;
}

/** A cell that works, without the door through which requests come. */
export interface CellCore {
  readonly accounts: AccountsModule;
  /** Who may sign in to the console. */
  readonly console: ConsoleCell;
  /** What can be watched while it happens. */
  readonly live: LiveAnswerer;
  /** To be told of every answer of the API. */
  readonly requests: RequestRing | undefined;
  readonly numbers: NumbersModule;
  readonly regulatory: RegulatoryModule;
  /** The contents of media. */
  readonly blobs: BlobStore;
  readonly database: PooledDatabase;
  readonly cell: MessagingCell;
  /** The operator's account; absent where it is not at home here. */
  readonly account: { readonly accountSid: string; readonly authToken: string } | undefined;
  /** A number of that account to send from. */
  readonly from: string | undefined;
}

/** Opens the log of a cell. It goes first: its lock says whether another process has this data folder. */
export async function lockCellLog(
  {
    settings,
    logger,
    shutdown,
    metrics,
  }: Pick<CellCoreOptions, "settings" | "logger" | "shutdown"> & { readonly metrics?: Metrics | undefined },
  name: string,
): Promise<Log> {
  try {
    const log = await openCellLog(settings.data, name, { clock: systemClock, logger, metrics });
    shutdown.add("log", () => log.close());
    return log;
  } catch (error) {
    if (!(error instanceof LogError) || error.kind !== "in-use") throw error;
    throw new StartFailure(
      `The data folder ${settings.data} is in use by another Trunkline (${error.message}). ` +
        "Stop that one, or give this one another folder with --data or TRUNKLINE_DATA.",
    );
  }
}

/** The modules that hold who there is and what they have: accounts, profiles, numbers. */
function makeHolders(
  options: CellCoreOptions,
  { isOperator, cell }: { readonly isOperator: (accountSid: string) => boolean; readonly cell: () => Cell },
) {
  const { settings, logger, database, secrets, minter } = options;
  const stored = {
    database,
    clock: systemClock,
    logger,
    mintSid: (prefix: string): string => minter.mint(prefix),
    isOperator,
  };
  const accounts = accountsModule({ ...stored, randomBytes: systemRandomBytes, secrets });
  const mainAccount = async (sid: string): Promise<string> => (await accounts.directory.mainOf(sid)) ?? sid;
  const regulatory = regulatoryModule({
    ...stored,
    mainAccount,
    commit: (record) => cell().commit(record),
    simulatedReviewMs: settings.a2p.simulatedReviewMs,
  });
  const numbers = makeNumbers(options, {
    ...stored,
    mainAccount,
    requestWebhook: webhooksInto(cell),
    bundles: regulatory,
    accountStatus: (sid) => accounts.directory.status(sid),
  });
  const console = consoleCell({
    ...stored,
    randomBytes: systemRandomBytes,
    secrets,
    fleetKey: options.fleetKey,
    oneTimeCodes,
    qrCodes,
    accounts: accounts.directory,
    secondFactor: settings.console.secondFactor,
    sessionMs: settings.console.sessionHours * 3_600_000,
    publicUrl: options.publicUrl,
    onSessionsEnded: options.onSessionsEnded,
  });
  return { accounts, regulatory, numbers, console };
}

/** Numbers as the settings have them. */
function makeNumbers(
  { settings, pool }: CellCoreOptions,
  parts: Omit<NumbersOptions, "quarantineMs" | "requirements" | "senderPolicy" | "approveSenders" | "pool">,
): NumbersModule {
  const { quarantineSeconds, requirements, alphanumericSenders, approveSenders } = settings.numbering;
  return numbersModule({
    ...parts,
    quarantineMs: quarantineSeconds * 1_000,
    requirements,
    senderPolicy: alphanumericSenders,
    approveSenders,
    pool,
  });
}

/** Starts a messaging cell: its modules, its tables, its log, its carriers. */
export async function startCellCore(options: CellCoreOptions): Promise<CellCore> {
  const { settings, logger, shutdown, database, secrets, minter, publicUrl, progress } = options;
  const ports = { net: systemNet, clock: systemClock, logger };
  const { ported, close } = await openPortedNumbers(settings.routing, { ...ports, progress });
  shutdown.add("look-up of numbers", close);
  const mintSid = (prefix: string): string => minter.mint(prefix);
  const operator = { accountSid: settings.operatorSid };
  const isOperator = (sid: string): boolean => sid === operator.accountSid;
  const late: { cell?: Cell } = {};
  const { accounts, regulatory, numbers, console } = makeHolders(options, {
    isOperator,
    cell: () => present(late.cell, "the cell is open"),
  });
  const carrierBook = makeCarrierBook(options);
  const blobs = await openBlobFolder(options.mediaFolder);
  const prepared = await prepareMessagingCell({
    ...ports,
    name: options.name,
    settings,
    log: options.log,
    database,
    blobs,
    accounts: accounts.directory,
    authenticator: accounts.authenticator,
    secrets,
    numbers: numbers.directory,
    regulatory,
    subaccountsOf: async (sid) => ((await accounts.movable.family?.(sid)) ?? []).slice(1),
    fleetKey: options.fleetKey,
    cellNumber: options.cellNumber,
    carrierBook,
    ported,
    isOperator,
    mintSid,
    publicUrl,
    neighbours: options.neighbours,
    observing: options.observing,
  });
  await migrate(database, [
    ...accounts.migrations,
    ...numbers.migrations,
    ...regulatory.migrations,
    ...console.migrations,
    ...prepared.migrations,
    ...(options.migrations ?? []),
  ]);
  const account = options.isOperatorHome
    ? await accounts.ensureFirstAccount({
        accountSid: settings.accountSid ?? settings.operatorSid,
        authToken: settings.authToken,
      })
    : undefined;
  operator.accountSid ??= account?.accountSid;
  await numbers.syncInventory({ numbers: options.numbers, ownerSid: account?.accountSid });
  const from =
    account === undefined
      ? undefined
      : options.numbers.find(({ number }) => numbers.directory.sender(account.accountSid, number) !== undefined)
          ?.number;
  await options.beforeOpen?.();
  const cell = await openCell(options, prepared, (made) => {
    late.cell = made;
  });
  numbers.start();
  shutdown.add("ports of numbers", () => numbers.stop());
  regulatory.start();
  shutdown.add("reviews of profiles", () => regulatory.stop());
  const { requests, live } = watchLive(options, accounts, cell);
  return { regulatory, accounts, console, live, requests, numbers, blobs, database, cell, account, from };
}

/** The carriers of the settings, and what holds those that are added while it runs. */
function makeCarrierBook(options: CellCoreOptions): CarrierBook {
  const { settings, logger, database, secrets, publicUrl, carrierPath = "" } = options;
  return new CarrierBook({
    net: systemNet,
    clock: systemClock,
    logger,
    configured: options.carriers,
    database,
    secrets,
    callbackUrl: () => `${publicUrl()}${carrierPath}`,
    allowPrivateNetworks: settings.webhooks.allowPrivateNetworks,
    chaos: settings.console.chaos,
    traces: settings.console.traces,
  });
}

/** What can be watched while it happens: what the modules tell, and the requests that the API answers. */
function watchLive({ settings, logger }: CellCoreOptions, accounts: AccountsModule, cell: MessagingCell) {
  const { traces } = settings.console;
  const requests = traces === 0 ? undefined : new RequestRing({ capacity: traces, clock: systemClock });
  const live = new LiveAnswerer({
    sources: [...(requests === undefined ? [] : [requests.source]), ...cell.liveSources],
    clock: systemClock,
    logger,
    canAccess: (mainSid, sid) => accounts.directory.canAccess(mainSid, sid),
  });
  return { requests, live };
}

async function openCell(
  { name, progress, shutdown }: CellCoreOptions,
  prepared: Awaited<ReturnType<typeof prepareMessagingCell>>,
  onCell: (cell: Cell) => void,
): Promise<MessagingCell> {
  const step = progress.step(name === FIRST_CELL ? "Messaging cell" : name);
  let replayed = 0;
  const cell = await prepared.open({
    onProgress: (done) => {
      replayed = done;
    },
    onCell,
  });
  shutdown.add("messaging cell", () => cell.close());
  step.done(replayed === 0 ? "ready" : `ready, ${Math.ceil(replayed / 1024)} KiB of log replayed,`);
  return cell;
}

/** What `/readyz` says of a cell. */
export function readiness(cell: MessagingCell): ReadinessCheck[] {
  const { carriers } = cell.messaging.status();
  const down = carriers.filter((carrier) => !carrier.up).map((carrier) => carrier.name);
  const log = cell.cell.logStatus();
  return [
    { name: "log", ok: log.acceptsNewWork, detail: log.reason ?? "accepts work" },
    {
      name: "carriers",
      // A system without any carrier up still accepts and keeps messages; it is ready, and says so.
      ok: true,
      detail: down.length === 0 ? `${carriers.length} up` : `down: ${down.join(", ")}`,
    },
    { name: "projection", ok: true, detail: `${cell.cell.unprojected()} changes waiting` },
  ];
}

/** The routes of a cell. */
export function routesOf({ accounts, console, regulatory, numbers, cell }: CellCore): readonly Route[] {
  return [accounts, console, regulatory, numbers, cell].flatMap(({ routes }) => routes);
}

/** The files that a cell answers with. */
export function mountsOf({ numbers, cell }: CellCore): readonly Mount[] {
  return [...numbers.mounts, ...cell.mounts];
}

/** The modules that price, judge and charge messages, in the cells of `moves-world.ts`. */
import { tmpdir } from "node:os";
import { systemNet } from "../../src/adapters/system/index.ts";
import { carrierSettings } from "../../src/entry/carriers.ts";
import { makeCellModules } from "../../src/entry/cell-modules.ts";
import { regulatoryModule } from "../../src/modules/regulatory/index.ts";
import { loadSettings } from "../../src/platform/config/index.ts";
import { FleetKey } from "../../src/platform/fleet/index.ts";
import { temporaryFolder } from "../kit/leftovers.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import type { CellExtension, Extend, ExtensionPorts } from "./moves-process.ts";
import { OPERATOR } from "./moves-world.ts";

/** How long reviewers and registries take, in the time of the world. */
export const REVIEW_MS = 1_000;
const KEY = new Uint8Array(32).fill(9);

/** Gives what {@link Extend} makes for each cell: each with an index of links of its own. */
export function withCommerce(): Extend {
  const data = temporaryFolder("moves-commerce");
  return (ports) => commerceOf(ports, data);
}

async function commerceOf(ports: ExtensionPorts, data: string): Promise<CellExtension> {
  const { name, clock, database, gate, accounts, numbers, secrets, mintSid, cell } = ports;
  const stored = { database, clock, logger: silentLogger, mintSid };
  const settings = loadSettings({
    flags: { data },
    env: { TRUNKLINE_A2P_SIMULATED_REVIEW_MS: String(REVIEW_MS), TRUNKLINE_A2P_ENFORCEMENT: "on" },
    cwd: tmpdir(),
    carrierTypes: carrierSettings,
  });
  const mainAccount = async (sid: string): Promise<string> => (await accounts.directory.mainOf(sid)) ?? sid;
  const regulatory = regulatoryModule({
    ...stored,
    mainAccount,
    commit: (record) => cell().commit(record),
    simulatedReviewMs: REVIEW_MS,
  });
  const modules = await makeCellModules({
    ...stored,
    name,
    cellNumber: Number(name.slice(-1)),
    settings,
    net: systemNet,
    secrets,
    fleetKey: new FleetKey(KEY),
    accounts: accounts.directory,
    numbers: numbers.directory,
    regulatory,
    isOperator: (sid) => sid === OPERATOR,
    cell,
    fetchText: () => Promise.resolve(undefined),
    subaccountsOf: async (sid) => ((await accounts.movable.family?.(sid)) ?? []).slice(1),
    gate,
    publicUrl: () => "https://sms.example.org",
  });
  const { pricing, ledger, services, a2p, compliance, links, audit } = modules;
  const all = [pricing, ledger, services, a2p, compliance, links, audit, regulatory];
  return {
    messaging: {
      services: services.directory,
      compliance: compliance.compliance,
      spending: ledger.spending,
      prices: pricing.prices,
      links: links.shortening,
    },
    machines: [ledger, services, a2p, compliance, links, audit, regulatory]
      .map(({ machine }) => machine)
      .concat(ledger.usageMachine),
    projections: [ledger, compliance, links, audit].flatMap(({ projections }) => projections),
    migrations: all.flatMap(({ migrations }) => migrations),
    routes: all.flatMap(({ routes }) => routes),
    movables: [regulatory, services, a2p, compliance, pricing, ledger, links, audit].map(({ movable }) => movable),
    around: [audit.step],
    attach: (made) => {
      for (const part of [compliance, links, audit]) part.attach(made);
    },
    open: async () => {
      await services.directory.reload();
      await a2p.registrations.reload();
      await pricing.start();
      await compliance.start();
      await links.open();
    },
    start: async () => {
      await audit.start();
      for (const part of [ledger, a2p, links, regulatory]) part.start();
    },
    through: (next) => links.through(next),
    close: async () => {
      audit.stop();
      pricing.close();
      compliance.close();
      await modules.close();
    },
  };
}

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openLinkIndex } from "../../src/adapters/lmdb/index.ts";
import { migrate, openDatabase } from "../../src/adapters/postgres/index.ts";
import { qrCodes } from "../../src/adapters/qr-codes/index.ts";
import { systemClock, systemRandomBytes } from "../../src/adapters/system/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { linksModule, type LinksModule } from "../../src/modules/links/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../../src/platform/cell/index.ts";
import { HttpServer } from "../../src/platform/http/index.ts";
import { openLog } from "../../src/platform/log/index.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import { silentLogger } from "./silent-logger.ts";

/** Where a cell of links is, and how it writes. */
export interface LinkCellOptions {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly durability: "sync" | "async";
}

/** A cell of links over real files, a real index and a database, behind a port. */
export interface LinkCell {
  readonly port: number;
  readonly module: LinksModule;
  close(): Promise<void>;
}

/** Who makes links; any password will do. */
export const LINK_ACCOUNT = `AC${"a".repeat(32)}`;

/** The secrets of such a cell: the same in all processes, as the master key is. */
export function linkSecrets(): SecretBox {
  return new SecretBox(new Uint8Array(32).fill(7));
}

/** Where its index is. */
export function linkIndexFolder(folder: string): string {
  return join(folder, "links");
}

/** Opens one, as a process of a system does. Every domain counts as proven. */
export async function openLinkCell(options: LinkCellOptions): Promise<LinkCell> {
  const { folder, databaseUrl, durability } = options;
  const database = openDatabase({ url: databaseUrl, poolSize: 4 });
  const index = await openLinkIndex(linkIndexFolder(folder));
  const minter = new SidMinter(() => Date.now(), randomBytes);
  const ports = { clock: systemClock, logger: silentLogger };
  const module = linksModule({
    ...ports,
    database,
    index,
    cell: "messaging-1",
    cellNumber: 1,
    net: { resolve: () => Promise.resolve([]) },
    secrets: linkSecrets(),
    randomBytes: systemRandomBytes,
    mintSid: (prefix) => minter.mint(prefix),
    dns: { texts: () => Promise.resolve([]) },
    fetchText: () => Promise.resolve(undefined),
    qrCodes,
    isOperator: () => false,
    isService: () => true,
    rules: { ownership: "waived", reservedHosts: [], targets: [], needsCertificates: false, allowSelfSigned: false },
    durability,
  });
  await migrate(database, [projectionMigration, ...module.migrations]);
  const log = await openLog({ directory: join(folder, "log"), ...ports });
  const projectedOffsets = await readProjectedOffsets(database, "messaging-1");
  const cell = new Cell({ name: "messaging-1", log, machines: [module.machine], projectedOffsets, ...ports });
  module.attach(cell);
  await module.open();
  await cell.recover();
  const projection = new Projection({ cell, database, tables: module.projections, ...ports });
  projection.start();
  const server = new HttpServer({
    ...ports,
    minter,
    authenticator: {
      authenticate: ({ username }) =>
        Promise.resolve({
          accountSid: username,
          status: "active",
          credential: "token",
          canAccess: () => Promise.resolve(false),
        }),
    },
    routes: module.routes,
    through: (dispatcher) => module.through(dispatcher),
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    port,
    module,
    close: async () => {
      await server.close(0);
      await module.close();
      await projection.close();
      await cell.close();
      await index.close();
      await database.close();
    },
  };
}

import { auditStep, AuditLog, type AuditEnded, type HeadSigner } from "../../platform/audit/index.ts";
import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import { signedMount, type FleetKey, type Movable } from "../../platform/fleet/index.ts";
import type { Around, HttpRequest, Mount, Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import { eventRoutes } from "./events.resource.ts";
import { auditMigrations, auditProjections } from "./event.store.ts";
import { auditMovable } from "./movable.ts";
import { consistencyOf, proofRoutes } from "./proofs.resource.ts";
import { Witness, type WitnessDeps } from "./witness.ts";

/** What this module works with. */
export interface AuditOptions {
  /** The name of the cell whose log this is. */
  readonly cell: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly signer: HeadSigner;
  readonly isOperator: (accountSid: string) => boolean;
  /** Where a client's address is; the other end of the connection where absent. */
  readonly addressOf?: (request: HttpRequest) => string;
}

/** What entry mounts: one for each cell. */
export interface AuditModule {
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly movable: Movable;
  /** Writes down every change that a route makes. */
  readonly step: Around;
  /** What other cells ask of this one's log. */
  internalMounts(key: FleetKey): readonly Mount[];
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Settles what an earlier run had begun. After the cell has recovered. */
  start(): Promise<void>;
  /** Watches the logs of the neighbours, and tells of this one. */
  watch(deps: Pick<WitnessDeps, "gossip" | "operatorSid" | "askConsistency">): void;
  stop(): void;
  /** Entries so far, and what is wrong with the logs of others. */
  status(): { readonly entries: number; readonly findings: number };
}

/** The audit log of a cell. */
export function auditModule(options: AuditOptions): AuditModule {
  const { database, clock, logger, mintSid, signer, addressOf = (request) => request.peer } = options;
  const log = new AuditLog(options.cell);
  const reads = { database, log };
  let attached: Cell | undefined;
  let witness: Witness | undefined;
  const cell = (): Cell => {
    if (attached === undefined) throw new Error("the audit log has no cell yet");
    return attached;
  };
  const proofs = {
    ...reads,
    signer,
    cellName: () => options.cell,
    witness: () => witness,
    isOperator: options.isOperator,
    nowMs: () => clock.nowMs(),
  };
  return {
    machine: log.machine,
    projections: auditProjections(log),
    migrations: auditMigrations,
    routes: [...eventRoutes(reads), ...proofRoutes(proofs)],
    movable: auditMovable(log),
    step: auditStep({ cell, clock, logger, mintSid, addressOf }),
    internalMounts: (key) => [
      signedMount(key, clock, {
        method: "GET",
        path: "/audit/consistency",
        run: async ({ query }) => {
          const asked = new URLSearchParams(query);
          const sizes = [Number(asked.get("first")), Number(asked.get("second"))] as const;
          if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
          return (await consistencyOf(reads, ...sizes)).map((hash) => Buffer.from(hash).toString("base64"));
        },
      }),
    ],
    attach: (made) => {
      attached = made;
    },
    start: async () => {
      for (const sid of log.cutOff) {
        const record: AuditEnded = { kind: "audit.ended", sid, outcome: "unknown" };
        await cell().commit(record, "progress");
      }
    },
    watch: (deps) => {
      witness = new Witness({ ...deps, log, cell, signer, clock, logger, mintSid });
      witness.start();
    },
    stop: () => witness?.stop(),
    status: () => ({ entries: log.head.size, findings: witness?.findings.size ?? 0 }),
  };
}

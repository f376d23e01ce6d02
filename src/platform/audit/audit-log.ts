import { hash } from "node:crypto";
import { canonicalJson } from "../../kernel/canonical-json.ts";
import { CompactTree, hashLeaf, type Sha256 } from "../../protocols/merkle/index.ts";
import { StateTable, type ApplyContext, type Machine } from "../cell/index.ts";
import type { AuditEntry, PlacedEntry } from "./entry.ts";
import type { AuditBegun, AuditDropped, AuditEnded, AuditRecorded, AuditWitnessed, SignedHead } from "./records.ts";

/** SHA-256 for {@link CompactTree}. */
export const sha256: Sha256 = (octets) => hash("sha256", octets, "buffer");

/** The hash of a complete subtree. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  /** Base64. */
  readonly hash: string;
}

interface TreeEdge {
  readonly size: number;
  /** Base64, the largest subtree first. */
  readonly roots: readonly string[];
}

/** Changes under way that are kept; the dispatcher bounds them far below. */
const MAX_OPEN = 100_000;
const EDGE = "edge";

/** The entry as it is hashed. */
export function leafText(entry: AuditEntry): string {
  return canonicalJson(entry);
}

/**
 * The audit log of a cell: a machine over the cell's log, whose entries are the leaves of a
 * Merkle tree (RFC 6962), so that one that is changed, left out or put in later is found.
 */
export class AuditLog {
  readonly machine: Machine;
  /** Both leave memory as soon as they are in the database. */
  readonly entries = new StateTable<PlacedEntry>("audit_entries", { projected: true });
  readonly nodes = new StateTable<TreeNode>("audit_nodes", { projected: true });
  /** The latest heads of other cells that were found to go on from those before. */
  readonly witnessed = new StateTable<SignedHead>("audit_witnessed", { projected: false });
  private readonly edge = new StateTable<TreeEdge>("audit_edge", { projected: false });
  private readonly open = new StateTable<{ readonly entry: AuditEntry }>("audit_open", { projected: false });
  private readonly cell: string;
  private recoveredOpen: readonly string[] = [];

  constructor(cell: string) {
    this.cell = cell;
    this.machine = {
      name: "audit",
      tables: [this.entries, this.nodes, this.witnessed, this.edge, this.open],
      reducers: {
        "audit.begun": ({ entry }: AuditBegun) => {
          if (this.open.size < MAX_OPEN) this.open.put(entry.sid, { entry });
        },
        "audit.ended": (record: AuditEnded) => this.end(record),
        "audit.dropped": ({ sid }: AuditDropped) => void this.open.delete(sid),
        "audit.recorded": ({ entry }: AuditRecorded) => this.append(entry),
        "audit.witnessed": ({ head }: AuditWitnessed) => this.witnessed.put(head.cell, head),
      },
      listeners: {
        "audit.recorded": ({ entry }: AuditRecorded, _context: ApplyContext) => this.append(entry),
      },
      restored: () => {
        for (const table of [this.entries, this.nodes]) for (const key of table.keys()) table.evict(key);
      },
      recovered: () => {
        this.recoveredOpen = [...this.open.keys()];
      },
    };
  }

  /** Changes that an earlier run of the process began, and of which it is not known whether they were made. */
  get cutOff(): readonly string[] {
    return this.recoveredOpen.filter((sid) => this.open.has(sid));
  }

  /** How many entries there are, and the root of their tree. */
  get head(): { readonly size: number; readonly root: Uint8Array } {
    const tree = this.tree();
    return { size: tree.size, root: tree.root() };
  }

  private end({ sid, outcome, resourceSid, after }: AuditEnded): void {
    const begun = this.open.get(sid);
    if (begun === undefined) return;
    this.open.delete(sid);
    const { entry } = begun;
    this.append({
      ...entry,
      outcome,
      resourceSid: resourceSid ?? entry.resourceSid,
      after: after === undefined ? entry.after : after,
    });
  }

  private append(entry: AuditEntry): void {
    const tree = this.tree();
    const index = tree.size;
    const leaf = hashLeaf(sha256, Buffer.from(leafText(entry)));
    tree.append(leaf, (level, at, octets) => {
      this.nodes.put(`${level}/${at}`, { level, index: at, hash: base64(octets) });
    });
    this.entries.put(entry.sid, { entry, index, cell: this.cell });
    this.edge.put(EDGE, { size: tree.size, roots: tree.state.roots.map(base64) });
  }

  private tree(): CompactTree {
    const edge = this.edge.get(EDGE);
    if (edge === undefined) return new CompactTree(sha256);
    return new CompactTree(sha256, { size: edge.size, roots: edge.roots.map((root) => Buffer.from(root, "base64")) });
  }
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}

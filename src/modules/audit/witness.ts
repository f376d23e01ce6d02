import type { AuditLog, AuditRecorded, AuditWitnessed, HeadSigner, SignedHead } from "../../platform/audit/index.ts";
import { sha256 } from "../../platform/audit/index.ts";
import type { Cell } from "../../platform/cell/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import { isConsistent } from "../../protocols/merkle/index.ts";

/** The key under which a cell says how long its audit log is. */
export const GOSSIP_HEAD = "audit/head";
/** How many of the cells that follow by name each cell watches. */
const NEIGHBOURS = 2;
const TELL_MS = 1_000;
const TELL_ENTRIES = 1_000;

/** What the witness works with. */
export interface WitnessDeps {
  readonly log: AuditLog;
  readonly cell: () => Pick<Cell, "commit" | "name">;
  readonly gossip: GossipView;
  readonly signer: HeadSigner;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** The operator's account, whose events tell of what is found. */
  readonly operatorSid: () => string | undefined;
  /** Asks another cell for the proof that its log of `first` entries begins that of `second`; base64. Rejects where it cannot be asked. */
  readonly askConsistency: (cell: string, first: number, second: number) => Promise<readonly string[]>;
}

/** What became of a head that was looked at. */
export type HeadVerdict = "goes-on" | "nothing-new" | "forged" | "shorter" | "rewritten";

/**
 * Tells the other cells how long this cell's audit log is, and remembers durably how long
 * theirs were: a log that was cut off, or does not begin as it did, is found by its
 * neighbours, whoever has its disk and its key.
 */
export class Witness {
  private readonly deps: WitnessDeps;
  private readonly alarms = new Map<string, HeadVerdict>();
  private readonly underWay = new Set<string>();
  private toldSize = -1;
  private toldAtMs = 0;
  private timer: Timer | undefined;
  private stopListening: (() => void) | undefined;

  constructor(deps: WitnessDeps) {
    this.deps = deps;
  }

  start(): void {
    const { gossip } = this.deps;
    this.stopListening = gossip.onChange(GOSSIP_HEAD, (member, _key, value) => {
      if (value === undefined || member.id === gossip.self.id || !this.watches(member.id)) return;
      void this.look(member.id, value);
    });
    this.tick();
  }

  stop(): void {
    this.timer?.cancel();
    this.stopListening?.();
  }

  /** The cells in whose logs something is wrong, as far as this one has seen. */
  get findings(): ReadonlyMap<string, HeadVerdict> {
    return this.alarms;
  }

  /** The head of this cell's log, signed now. */
  ownHead(): SignedHead {
    const { log, cell, signer, clock } = this.deps;
    const { size, root } = log.head;
    return signer.sign({ cell: cell().name, size, root: Buffer.from(root).toString("base64"), atMs: clock.nowMs() });
  }

  private tick(): void {
    const { log, gossip, clock } = this.deps;
    const { size } = log.head;
    const isDue = size - this.toldSize >= TELL_ENTRIES || clock.nowMs() - this.toldAtMs >= TELL_MS;
    if (size !== this.toldSize && isDue) {
      gossip.set(GOSSIP_HEAD, JSON.stringify(this.ownHead()));
      this.toldSize = size;
      this.toldAtMs = clock.nowMs();
    }
    this.timer = clock.after(TELL_MS / 4, () => this.tick());
  }

  /** Whether a cell is one of the neighbours that this one watches. */
  private watches(name: string): boolean {
    const { gossip, cell } = this.deps;
    const cells = gossip.members().filter(({ role }) => role === "cell");
    const names = cells.map(({ id }) => id).toSorted();
    const own = names.indexOf(cell().name);
    const place = names.indexOf(name);
    if (own === -1 || place === -1) return false;
    const distance = (place - own + names.length) % names.length;
    return distance > 0 && distance <= NEIGHBOURS;
  }

  /** One look at a time for each cell: the heads that come meanwhile are the same log, further on. */
  private async look(name: string, text: string): Promise<void> {
    if (this.underWay.has(name)) return;
    this.underWay.add(name);
    try {
      const head = readHead(text);
      const verdict = head === undefined || head.cell !== name ? "forged" : await this.judge(head);
      if (verdict === "goes-on" && head !== undefined) await this.remember(head);
      else if (verdict !== "nothing-new") await this.raise(name, verdict);
    } catch (error) {
      // It is looked at again with its next head.
      this.deps.logger.warn("audit.witness-failed", { cell: name, reason: String(error) });
    } finally {
      this.underWay.delete(name);
    }
  }

  /** Compares a head with the one that was seen last. Rejects where the other cell cannot be asked. */
  async judge(head: SignedHead): Promise<HeadVerdict> {
    const { log, signer, askConsistency } = this.deps;
    if (!signer.isSigned(head)) return "forged";
    const seen = log.witnessed.get(head.cell);
    if (seen === undefined) return "goes-on";
    if (head.size < seen.size) return "shorter";
    if (head.size === seen.size) return head.root === seen.root ? "nothing-new" : "rewritten";
    const proof = await askConsistency(head.cell, seen.size, head.size);
    const octets = proof.map((hash) => Buffer.from(hash, "base64"));
    const first = { size: seen.size, root: Buffer.from(seen.root, "base64") };
    const second = { size: head.size, root: Buffer.from(head.root, "base64") };
    return isConsistent(sha256, first, second, octets) ? "goes-on" : "rewritten";
  }

  private async remember(head: SignedHead): Promise<void> {
    this.alarms.delete(head.cell);
    const record: AuditWitnessed = { kind: "audit.witnessed", head };
    await this.deps.cell().commit(record, "progress");
  }

  private async raise(name: string, verdict: HeadVerdict): Promise<void> {
    if (this.alarms.get(name) === verdict) return;
    this.alarms.set(name, verdict);
    const { logger, cell, clock, mintSid, operatorSid } = this.deps;
    const seen = this.deps.log.witnessed.get(name);
    logger.error("audit.log-differs", {
      cell: name,
      verdict,
      seenSize: seen?.size,
      fix: "compare the cell's audit_entries with a backup from before; its history was changed",
    });
    const accountSid = operatorSid();
    if (accountSid === undefined) return;
    const record: AuditRecorded = {
      kind: "audit.recorded",
      entry: {
        sid: mintSid("AE"),
        accountSid,
        atMs: clock.nowMs(),
        actor: { type: "system", source: "system" },
        eventType: "audit-log.differs",
        resourceType: "audit-log",
        resourceSid: name,
        reason: `The audit log of ${name} is ${verdict}, as ${cell().name} has seen it.`,
        outcome: "done",
        before: seen === undefined ? null : { size: seen.size, root: seen.root },
        after: null,
      },
    };
    await cell().commit(record, "progress");
  }
}

/** A head as another process says it: any text. */
function readHead(text: string): SignedHead | undefined {
  try {
    const { cell, size, root, atMs, signature } = JSON.parse(text) as Partial<SignedHead>;
    const areTexts = typeof cell === "string" && typeof root === "string" && typeof signature === "string";
    if (!areTexts || typeof size !== "number" || typeof atMs !== "number") return undefined;
    return { cell, size, root, atMs, signature };
  } catch {
    return undefined;
  }
}

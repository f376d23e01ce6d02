/** A routing table in memory, cells and SIDs for the tests of this folder. */
import { AppError } from "../../kernel/errors.ts";
import { CellHints } from "../../kernel/cell-hints.ts";
import { SidMinter } from "../../kernel/ids.ts";
import type { CellDescriptor, CellType, Home } from "../fleet/index.ts";
import { NO_ROOM } from "./errors.ts";
import { FIRST_EPOCH, type Assignment, type HomeChange, type HomeChanges, type HomeTable } from "./ports.ts";

export const HINTS = new CellHints(Uint8Array.from({ length: 16 }, (_, at) => at * 7));

/** A cell by its number: `messaging-2`. */
export function cellOf(number: number, more: Partial<CellDescriptor> = {}): CellDescriptor {
  const type = more.type ?? "messaging";
  const address = { host: "127.0.0.1", port: 9_000 + number };
  return { name: `${type}-${number}`, number, type, tier: "smb", region: "us1", address, state: "open", ...more };
}

/** Mints account SIDs of a cell, the same in every run. */
export function accountsOf(cellNumber: number | undefined, seed = 1): () => string {
  let state = seed;
  const octets = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    });
  const cell = cellNumber === undefined ? undefined : { cellNumber, hints: HINTS };
  const minter = new SidMinter(() => 1_735_689_600_000 + seed, octets, cell);
  return () => minter.mint("AC");
}

/** A SID whose hint names none of the first cells. */
export function unhinted(seed = 1): string {
  const mint = accountsOf(undefined, seed);
  for (;;) {
    const sid = mint();
    if ((HINTS.cellOf(sid) ?? 0) > 100) return sid;
  }
}

export class SampleTable implements HomeTable {
  readonly registered: CellDescriptor[];
  readonly asked: string[] = [];
  isDown = false;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  readonly #changes: HomeChange[] = [];
  #lineage = 0;

  constructor(...registered: CellDescriptor[]) {
    this.registered = registered;
  }

  /** Writes a home down, as a move does; without a cell it is taken away. */
  put(key: string, cell: string | undefined, epoch = FIRST_EPOCH, type: CellType = "messaging"): void {
    this.#changes.push({ key, type, cell, epoch });
  }

  /** Is another database from now on, with the same content. */
  restore(): void {
    this.#lineage += 1;
  }

  async find(key: string, type: CellType): Promise<Home | undefined> {
    await this.#answer(`find ${key}`);
    const { cell, epoch = 0 } = this.#changes.findLast((change) => change.key === key && change.type === type) ?? {};
    return cell === undefined ? undefined : { cell, epoch };
  }

  async assign({ key, type, tier, region }: Assignment): Promise<Home> {
    await this.#answer(`assign ${key}`);
    const there = this.#changes.findLast((change) => change.key === key && change.type === type);
    if (there?.cell !== undefined) return { cell: there.cell, epoch: there.epoch };
    const cell = this.registered.find((each) => each.type === type && each.tier === tier && each.region === region);
    if (cell === undefined) throw new AppError(NO_ROOM, { type, tier, region });
    this.put(key, cell.name, FIRST_EPOCH, type);
    return { cell: cell.name, epoch: FIRST_EPOCH };
  }

  async homesSince(cursor: string, limit: number): Promise<HomeChanges> {
    await this.#answer("changes");
    const [lineage = "", place = "0"] = cursor.split(" ");
    const restarted = cursor !== "" && Number(lineage) !== this.#lineage;
    const from = restarted ? 0 : Number(place);
    const changes = this.#changes.slice(from, from + limit);
    return {
      changes,
      cursor: `${this.#lineage} ${from + changes.length}`,
      hasMore: changes.length === limit,
      restarted,
    };
  }

  async cells(): Promise<readonly CellDescriptor[]> {
    await this.#answer("cells");
    return this.registered;
  }

  async #answer(question: string): Promise<void> {
    this.asked.push(question);
    await this.gate;
    if (this.isDown) throw new Error("the table is down");
  }
}

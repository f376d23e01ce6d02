import type { Database, Migration } from "../../platform/ports.ts";
import { INTERNAL_PREFIX, type HomeGate, type SignedEndpoint, type Standing } from "../../platform/fleet/index.ts";
import type { CellMove } from "./cell-move.ts";
import { readCellMoves } from "./cell-move.store.ts";
import { StepRefused } from "./errors.ts";
import { cellMoveMigrations } from "./migrations.ts";
import type { CellMovesDeps } from "./ports.ts";
import { SourceSide } from "./source-side.ts";
import { TargetSide } from "./target-side.ts";

/** What entry mounts in every messaging cell. */
export interface CellMoves {
  readonly migrations: readonly Migration[];
  /** For the mover and for the other cell. */
  readonly endpoints: readonly SignedEndpoint[];
  /** See {@link loadStandings}. */
  load(): Promise<void>;
}

type Step = (sid: string, input: never) => Promise<unknown>;

/** The longest body of a request: acknowledgements of a page of the tail. */
const MAX_BODY_OCTETS = 1024 * 1024;
const SID = /^MV[0-9a-f]{32}$/;

/** A cell's part in moves, as the one that an account leaves and as the one to which it comes. */
export function cellMoves(deps: CellMovesDeps): CellMoves {
  const source = new SourceSide(deps);
  const target = new TargetSide(deps);
  const turns = new Turns();
  const steps: Readonly<Record<string, Step>> = {
    prepare: (sid, input) => source.prepare(sid, input),
    scope: (sid) => source.known(sid),
    freeze: (sid, input) => source.freeze(sid, input),
    drain: (sid) => source.drain(sid),
    seal: (sid) => source.seal(sid),
    bucket: (sid, input) => source.bucket(sid, input),
    rows: (sid, input) => source.rows(sid, input),
    records: (sid, input) => source.records(sid, input),
    blob: (sid, input) => source.blob(sid, input),
    tail: (sid, input) => source.tail(sid, input),
    mark: (sid, input) => source.mark(sid, input),
    unfreeze: (sid, input) => source.unfreeze(sid, input),
    cleanup: (sid) => source.cleanup(sid),
    begin: (sid, input) => target.begin(sid, input),
    pull: (sid, input) => target.pull(sid, input),
    activate: (sid, input) => target.activate(sid, input),
    follow: (sid) => target.tail(sid),
    finish: (sid) => target.finish(sid),
    abort: (sid, input) => target.abort(sid, input),
  };
  const endpoint: SignedEndpoint = {
    method: "POST",
    path: "/moves/{sid}/{step}",
    maxBodyOctets: MAX_BODY_OCTETS,
    run: async ({ path, json }) => {
      const { sid = "", step: name = "" } = path;
      const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
      if (step === undefined || !SID.test(sid)) return undefined;
      try {
        return (await turns.run(sid, () => step(sid, (json ?? {}) as never))) ?? {};
      } catch (error) {
        const refused = refusalOf(error);
        if (refused === undefined) throw error;
        deps.logger.warn("move.refused", { move: sid, step: name, reason: refused });
        return { refused };
      }
    },
  };
  return {
    migrations: cellMoveMigrations,
    endpoints: [endpoint],
    load: () => loadStandings(deps.database, deps.gate),
  };
}

/**
 * Tells the gate what the database knows of accounts that moved or are about to. After the
 * migrations, and before anything can come in: requests, binds of customers, texts of carriers.
 */
export async function loadStandings(database: Database, gate: HomeGate): Promise<void> {
  for (const move of await readCellMoves(database)) gate.set(move.routeKeys, standingOf(move));
}

/** Where a step of a move is asked for. */
export function stepPath(sid: string, step: string): string {
  return `${INTERNAL_PREFIX}/moves/${sid}/${step}`;
}

/** What will be the same however often it is tried: a refusal, or rows that the database does not take. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof StepRefused) return error.message;
  const code = (error as { code?: unknown } | null)?.code;
  // Class 23 of SQLSTATE: a constraint does not hold.
  if (error instanceof Error && typeof code === "string" && /^23\d{3}$/.test(code)) return error.message;
  return undefined;
}

function standingOf(move: CellMove): Standing | undefined {
  switch (move.state) {
    case "frozen":
      return { kind: "frozen", untilMs: move.leaseUntilMs ?? 0 };
    case "sealed":
      return { kind: "sealed" };
    case "moved":
    case "left":
      return { kind: "moved", home: { cell: move.otherCell, epoch: move.epoch ?? 0 } };
    case "arriving":
    case "aborting":
      return { kind: "arriving" };
    default:
      return undefined;
  }
}

/** One step of a move at a time: one that was given up by its caller may still be at work. */
class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(key) ?? Promise.resolve()).then(work, work);
    this.last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key);
    }
  }
}

import { assert } from "../../kernel/assert.ts";
import type { Clock, Database, Row } from "../../platform/ports.ts";
import { MAX_REFS, type CampaignRegistry, type Filing, type FilingBody, type RegistryStanding } from "./registry.ts";
import { simulatedSteps } from "./simulated-standing.ts";

/** What the simulated registry works with. */
export interface SimulatedRegistryOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  /** How long it takes to decide; other steps are fractions and multiples of it. */
  readonly reviewMs: number;
}

interface CaseRow extends Row {
  ref: string;
  body: FilingBody;
  filed_at: Date;
}

/**
 * A registry that approves what it is given after a moment, or does what the magic inputs
 * say. It stands for a system of somebody else: it has a table of its own, writes in
 * transactions of its own, and what it says follows from what was filed and when.
 */
export class SimulatedRegistry implements CampaignRegistry {
  readonly name = "simulated";
  private readonly options: SimulatedRegistryOptions;

  constructor(options: SimulatedRegistryOptions) {
    this.options = options;
  }

  async file({ id, accountSid, body }: Filing): Promise<{ readonly ref: string }> {
    const { database, clock } = this.options;
    const filedAt = new Date(clock.nowMs());
    const rows = await database.query<{ ref: string }>(
      `insert into a2p_simulated_registry (id, ref, account_sid, body, filed_at)
       values ($1, $2, $3, $4::jsonb, $5) on conflict (id) do nothing returning ref`,
      [id, refOf(id, body), accountSid, JSON.stringify(body), filedAt],
    );
    const [filed] =
      rows.length > 0
        ? rows
        : await database.query<{ ref: string }>("select ref from a2p_simulated_registry where id = $1", [id]);
    assert(filed !== undefined, `the simulated registry has lost ${id}`);
    return filed;
  }

  async standings(refs: readonly string[]): Promise<readonly RegistryStanding[]> {
    assert(refs.length <= MAX_REFS, `${refs.length} references`);
    const { database, clock, reviewMs } = this.options;
    const rows = await database.query<CaseRow>(
      "select ref, body, filed_at from a2p_simulated_registry where ref = any($1)",
      [refs],
    );
    return rows.map(({ ref, body, filed_at: filedAt }) => {
      const steps = simulatedSteps(body, ref);
      const elapsed = (clock.nowMs() - filedAt.getTime()) / reviewMs;
      const sequence = Math.max(
        0,
        steps.findLastIndex(({ after }) => after <= elapsed),
      );
      const step = steps[sequence];
      assert(step !== undefined, `nothing becomes of ${ref}`);
      return { ref, sequence, isFinal: sequence === steps.length - 1, body: step.body };
    });
  }
}

const LETTERS: Readonly<Record<FilingBody["kind"], string>> = {
  brand: "B",
  vetting: "V",
  otp: "O",
  campaign: "C",
  "external-campaign": "X",
  "campaign-removal": "R",
  "toll-free": "T",
};
const REF_CHARACTERS = 12;

/** A name in the manner of the real registry's, a letter and capitals; longer, so that no two are alike. Made of the filing's id, so that it is the same each time. */
function refOf(id: string, { kind }: Filing["body"]): string {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < id.length; i += 1) {
    high = Math.imul(high ^ id.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ id.charCodeAt(id.length - 1 - i), 0x85ebca6b);
  }
  const text = ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(36).toUpperCase();
  return LETTERS[kind] + text.padStart(REF_CHARACTERS, "0").slice(-REF_CHARACTERS);
}

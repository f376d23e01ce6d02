import type { Carrier, ChaosNet } from "../carriers/index.ts";
import type { CarrierSettings } from "./make-carrier.ts";

/**
 * Where a carrier stands. `running`: messages go by it when it is up. `changing`: it was changed,
 * and begins anew when what is under way is done. `disabled`: it was switched off. `broken`: what
 * is kept of it cannot be used.
 */
export type CarrierPhase = "running" | "changing" | "disabled" | "broken";

/** A carrier that this cell knows. */
export interface KnownCarrier {
  readonly name: string;
  /** Whether it stands in the settings of the system, or was added while it ran. */
  readonly source: "settings" | "added";
  /** Absent where they cannot be read. */
  readonly settings: CarrierSettings | undefined;
  /** What was given, secrets included; for those that were added. */
  readonly document: unknown;
  readonly enabled: boolean;
  readonly phase: CarrierPhase;
  /** Why it is broken. */
  readonly problem: string | undefined;
  readonly revision: number;
  readonly createdMs: number | undefined;
  readonly updatedMs: number | undefined;
  /** Present while it runs. */
  readonly carrier: Carrier | undefined;
  readonly chaos: ChaosNet | undefined;
}

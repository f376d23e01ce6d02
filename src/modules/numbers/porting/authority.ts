import { countryOf, isTollFree, numberKind } from "../../../protocols/e164/index.ts";
import type { PortInNumber } from "./port-in.ts";

/** What an authority says of a number before anybody asks to port it. */
export interface Portability {
  readonly portable: boolean;
  readonly notPortableCode: number | null;
  readonly kind: PortInNumber["kind"];
  readonly country: string | null;
  readonly pinRequired: boolean;
}

/** What happens to a number next; `afterMs` is when there is to be looked again, absent at the end. */
export interface PortStep {
  readonly status: PortInNumber["status"];
  readonly rejectionCode?: string;
  readonly portAtMs?: number;
  readonly afterMs?: number;
}

/** Who decides about ports: between operators of a country that is a database and a losing carrier. */
export interface PortingAuthority {
  /** Whether a number that is not in this inventory could be ported, by what is known of it. */
  check(number: string): Portability;
  /** How long until the first step. */
  firstStepMs(number: string): number;
  /** The step that is due. Asked again with the same state after a crash, so that it answers the same. */
  step(number: PortInNumber, input: { readonly nowMs: number; readonly targetMs: number | undefined }): PortStep;
}

/** How the simulated authority behaves. */
export interface SimulatedAuthorityOptions {
  /** Between two steps; 5 s unless told. */
  readonly stepMs?: number;
}

const DEFAULT_STEP_MS = 5_000;
/** A letter of authorization that nobody signs is good for so many steps. */
const STEPS_TO_EXPIRY = 6;

/**
 * The authority of a test system: numbers of the United States and Canada are ported after a
 * few steps, whatever was said of them. Numbers that end in certain digits show what else
 * can happen:
 *
 * | ends in | what happens |
 * | --- | --- |
 * | 7001 | cannot be ported: 22130, not supported |
 * | 7002 | cannot be ported by the API: 22133 |
 * | 7003 | is a mobile number that needs a PIN; without one it is rejected (PIN-MISMATCH) |
 * | 7004 | the losing carrier rejects it (NAME-MISMATCH) |
 * | 7005 | nobody signs: it expires |
 * | 7006 | stays submitted for ever |
 */
export function simulatedAuthority({ stepMs = DEFAULT_STEP_MS }: SimulatedAuthorityOptions = {}): PortingAuthority {
  return {
    check: (number) => {
      const country = countryOf(number) ?? null;
      const kind = isTollFree(number) ? "TOLL-FREE" : endsIn(number, "7003") ? "MOBILE" : "LOCAL";
      const code = notPortableCode(number, country);
      const pinRequired = kind === "MOBILE";
      return { portable: code === null, notPortableCode: code, kind, country, pinRequired };
    },
    firstStepMs: (number) => (endsIn(number, "7005") ? stepMs * STEPS_TO_EXPIRY : stepMs),
    step: ({ number, status, pin, portAtMs }, { nowMs, targetMs }) => {
      if (status === "waiting-for-signature") {
        return endsIn(number, "7005") ? { status: "expired" } : { status: "submitted", afterMs: stepMs };
      }
      if (status === "submitted") {
        if (endsIn(number, "7006")) return { status, afterMs: stepMs };
        if (endsIn(number, "7003") && pin === "") return { status: "rejected", rejectionCode: "PIN-MISMATCH" };
        if (endsIn(number, "7004")) return { status: "rejected", rejectionCode: "NAME-MISMATCH" };
        const at = Math.max(targetMs ?? 0, nowMs + stepMs);
        return { status: "pending", portAtMs: at, afterMs: at - nowMs };
      }
      if (status !== "pending") return { status };
      const waitMs = (portAtMs ?? 0) - nowMs;
      return waitMs > 0 ? { status, afterMs: waitMs } : { status: "completed" };
    },
  };
}

function endsIn(number: string, digits: string): boolean {
  return number.endsWith(digits);
}

const UNSUPPORTED = 22130;
const MANUAL = 22133;

function notPortableCode(number: string, country: string | null): number | null {
  if (endsIn(number, "7001") || country === null || numberKind(number) === "premium") return UNSUPPORTED;
  if (endsIn(number, "7002") || (country !== "US" && country !== "CA")) return MANUAL;
  return null;
}

import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { findAddress } from "./addresses/address.store.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import type { OwnedNumber, PhoneNumberKind } from "./phone-number.ts";

/** Refuses a number whose country asks for an address or a bundle that it does not have. */
export async function checkRequirements(deps: NumbersDeps, tx: DatabaseSession, number: OwnedNumber): Promise<void> {
  await checkBundle(deps, number);
  if (deps.requirements !== "enforced" || number.addressRequirements === "none") return;
  const { accountSid, configuration, addressRequirements: required, country } = number;
  const sid = configuration.addressSid;
  const address = sid === "" ? undefined : await findAddress(tx, { accountSid, sid });
  if (address === undefined) throw new AppError(numberErrors.addressRequired, { number: number.number, required });
  if (required === "local" && address.isoCountry !== country) {
    throw new AppError(numberErrors.localAddressRequired, { number: number.number, country });
  }
  if (required === "foreign" && address.isoCountry === country) {
    throw new AppError(numberErrors.addressRequired, { number: number.number, required });
  }
}

const APPROVED = "twilio-approved";

/** A bundle that is named must be one of the account that fits, whether the country asks for one or not. */
async function checkBundle({ bundles, requirements }: NumbersDeps, number: OwnedNumber): Promise<void> {
  const sid = number.configuration.bundleSid;
  if (sid === "") {
    if (requirements === "enforced" && number.bundleRequired) {
      throw new AppError(numberErrors.bundleRequired, { number: number.number });
    }
    return;
  }
  if (bundles === undefined) return;
  const bundle = await bundles.bundle(number.accountSid, sid);
  if (bundle === undefined) throw new AppError(numberErrors.bundleUnfit, { bundle: sid, reason: "it does not exist" });
  if (bundle.status !== APPROVED) {
    throw new AppError(numberErrors.bundleUnfit, { bundle: sid, reason: `it is ${bundle.status}` });
  }
  if (bundle.isoCountry.toUpperCase() !== number.country || !fits(bundle.numberType, number.kind)) {
    const reason = `it is for ${bundle.isoCountry} ${bundle.numberType} numbers`;
    throw new AppError(numberErrors.bundleUnfit, { bundle: sid, reason });
  }
}

/** `toll-free` and `tollfree`, `machine-to-machine` … are written in several ways. */
function fits(numberType: string, kind: PhoneNumberKind): boolean {
  return numberType.toLowerCase().replace(/[^a-z]/g, "") === kind;
}

import { AppError } from "../../../kernel/errors.ts";
import type { NumbersDeps } from "../deps.ts";
import type { NumberTarget } from "../number.store.ts";
import { MAX_ADDRESSES_PER_ACCOUNT, type Address, type AddressContent } from "./address.ts";
import { countDependents, findAddress, insertAddress, removeAddress, writeAddress } from "./address.store.ts";
import { checkAddress } from "./check-address.ts";
import { addressErrors } from "./errors.ts";

/** What a request says of an address; what it does not say stays. */
export interface AddressChange extends Partial<AddressContent> {
  readonly emergencyEnabled?: boolean | undefined;
  readonly autoCorrect: boolean;
}

/** Creates an address of an account. Throws 21628 or 21629 where it cannot be right, or is written in another way. */
export async function createAddress(
  deps: NumbersDeps,
  accountSid: string,
  input: AddressContent & AddressChange,
): Promise<Address> {
  refuseEmergency(input);
  const { content, validated } = checkAddress(contentOf(input), input.autoCorrect);
  const atMs = deps.clock.nowMs();
  const address: Address = {
    ...content,
    sid: deps.mintSid("AD"),
    accountSid,
    createdMs: atMs,
    updatedMs: atMs,
    emergencyEnabled: false,
    validated,
    verified: false,
  };
  if (!(await insertAddress(deps.database, address))) {
    throw new AppError(addressErrors.tooMany, { max: MAX_ADDRESSES_PER_ACCOUNT });
  }
  return address;
}

/** Changes an address. `undefined` where the account has no such one. Its country stays. */
export async function updateAddress(
  { database, clock }: NumbersDeps,
  target: NumberTarget,
  change: AddressChange,
): Promise<Address | undefined> {
  refuseEmergency(change);
  return database.transaction(async (tx) => {
    const found = await findAddress(tx, target, true);
    if (found === undefined) return undefined;
    const named = Object.entries(change).filter(([, value]) => value !== undefined);
    const merged = { ...found, ...Object.fromEntries(named) };
    const { content, validated } = checkAddress(contentOf(merged), change.autoCorrect);
    const updated: Address = { ...found, ...content, validated, updatedMs: clock.nowMs() };
    await writeAddress(tx, updated);
    return updated;
  });
}

/** Deletes an address. Resolves to whether there was one. Throws 409 while numbers use it. */
export async function deleteAddress({ database }: NumbersDeps, target: NumberTarget): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { accountSid, sid } = target;
    if ((await findAddress(tx, target, true)) === undefined) return false;
    const count = await countDependents(tx, accountSid, sid);
    if (count > 0) throw new AppError(addressErrors.inUse, { sid, count });
    await removeAddress(tx, accountSid, sid);
    return true;
  });
}

/** To show an address as good for emergency calls that would reach nobody could cost a life. */
function refuseEmergency({ emergencyEnabled }: AddressChange): void {
  if (emergencyEnabled === true) throw new AppError(addressErrors.emergencyUnsupported);
}

function contentOf(from: AddressContent): AddressContent {
  const { customerName, friendlyName, street, streetSecondary, city, region, postalCode, isoCountry } = from;
  return { customerName, friendlyName, street, streetSecondary, city, region, postalCode, isoCountry };
}

import type { NumbersDeps } from "../deps.ts";
import type { Portability } from "./authority.ts";

const OWN = 22131;
const OF_ANOTHER = 22132;

/** Whether a number could come here, and whose it is where it is an account's of this cell. */
export interface PortabilityFound extends Portability {
  readonly ownerSid: string | undefined;
}

/** Asks the authority, unless the number is in the inventory already. */
export async function checkPortability(
  { database, portingAuthority }: NumbersDeps,
  { number, accountSid }: { readonly number: string; readonly accountSid: string },
): Promise<PortabilityFound> {
  const checked = portingAuthority.check(number);
  const rows = await database.query<{ account_sid: string | null }>(
    "select account_sid from phone_numbers where number = $1",
    [number],
  );
  const [known] = rows;
  if (known === undefined) return { ...checked, ownerSid: undefined };
  const isOwn = known.account_sid === accountSid;
  return {
    ...checked,
    portable: false,
    notPortableCode: isOwn ? OWN : OF_ANOTHER,
    ownerSid: isOwn ? accountSid : undefined,
  };
}

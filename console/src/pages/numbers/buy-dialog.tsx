import { useState } from "react";
import { api, askAgain, useApi, useSession } from "../../api/index.ts";
import { Card, ConfirmDialog, go, Select, Stack, toast } from "../../ui/index.ts";
import type { Address } from "./address.ts";
import type { FreeNumber, OwnNumber } from "./number.ts";

const OWN = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers";
const ADDRESSES = "/2010-04-01/Accounts/{AccountSid}/Addresses.json";

/** Props of the dialog. */
export interface BuyDialogProps {
  readonly number: FreeNumber;
  /** As it is shown; absent where no price is known. */
  readonly price: string | undefined;
  readonly onClose: () => void;
}

/** Buys a number, once it is said what that costs. */
export function BuyDialog({ number, price, onClose }: BuyDialogProps) {
  const { selected } = useSession();
  const needsAddress = number.address_requirements !== "none";
  const [address, setAddress] = useState("");
  // Sent again under the same key the number is bought once.
  const [key] = useState(() => crypto.randomUUID());
  const addresses = useApi<{ addresses: readonly Address[] }>(ADDRESSES, { isEnabled: needsAddress });
  const buy = async (): Promise<void> => {
    const fields = { PhoneNumber: number.phone_number, AddressSid: address || undefined };
    const bought = await api.post<OwnNumber>(`${OWN}.json`, fields, { headers: { "Idempotency-Key": key } });
    askAgain(OWN, "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers");
    toast.good(`${bought.phone_number} is yours. Say what becomes of texts to it.`);
    go(`/numbers?number=${bought.sid}`);
  };
  return (
    <ConfirmDialog isOpen onClose={onClose} title={`Buy ${number.friendly_name}?`} confirm="Buy it" onConfirm={buy}>
      <Stack>
        <p>
          {price === undefined
            ? "There is no price for numbers of this kind in the price list. "
            : `${price} are charged now and every month until it is released. `}
          It goes to {selected.friendlyName}.
        </p>
        {needsAddress && (
          <Select
            label={`Address (needed: ${number.address_requirements})`}
            options={(addresses.data?.addresses ?? []).map((each) => ({
              value: each.sid,
              label: `${each.customer_name}, ${each.street}, ${each.city}, ${each.iso_country}`,
            }))}
            value={address}
            onChange={setAddress}
          />
        )}
        {needsAddress && addresses.data?.addresses.length === 0 && (
          <Card tone="warn">There is no address yet. Add one under Addresses first.</Card>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

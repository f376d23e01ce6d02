import { useState } from "react";
import { api, askAgain, useCan, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  ConfirmDialog,
  Dialog,
  Empty,
  Form,
  Grid,
  ListView,
  removeColumn,
  Stack,
  TextField,
  toast,
} from "../../ui/index.ts";
import type { Address } from "./address.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/Addresses";

/** Where the account or its customers are, for numbers that demand to know it. */
export function AddressesTab() {
  const canWrite = useCan("numbers.write");
  const [open, setOpen] = useState<Address | "new">();
  const [doomed, setDoomed] = useState<Address>();
  const pages = usePages<Address>(`${LIST}.json`, "addresses");
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen("new")}>
      Add an address
    </Button>
  );
  return (
    <ListView<Address>
      label="Addresses"
      list={pages}
      actions={add}
      onRowPress={canWrite ? setOpen : undefined}
      empty={
        <Empty title="No addresses yet" action={add}>
          Some countries sell numbers only to those who say where they are. Such numbers ask for one of these.
        </Empty>
      }
      columns={[
        { id: "who", header: "Who", cell: ({ customer_name }) => customer_name },
        { id: "street", header: "Street", cell: ({ street }) => street },
        { id: "city", header: "City", isMinor: true, cell: (row) => `${row.postal_code} ${row.city}` },
        { id: "country", header: "Country", width: "80px", cell: ({ iso_country }) => iso_country },
        {
          id: "state",
          header: "",
          width: "110px",
          isMinor: true,
          cell: ({ validated }) => (
            <Badge tone={validated ? "good" : "warn"}>{validated ? "validated" : "not checked"}</Badge>
          ),
        },
        canWrite &&
          removeColumn({
            label: ({ customer_name: name }) => `Delete the address of ${name}`,
            onPress: setDoomed,
          }),
      ]}
    >
      {open !== undefined && (
        <AddressDialog address={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />
      )}
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Delete the address of ${doomed.customer_name}?`}
          confirm="Delete it"
          tone="danger"
          onConfirm={async () => {
            await api.delete(`${LIST}/${doomed.sid}.json`);
            askAgain(LIST);
          }}
        >
          Numbers that need an address keep theirs: it cannot be deleted while one uses it.
        </ConfirmDialog>
      )}
    </ListView>
  );
}

interface AddressDialogProps {
  readonly address: Address | undefined;
  readonly onClose: () => void;
}

function AddressDialog({ address, onClose }: AddressDialogProps) {
  const save = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    const path = address === undefined ? `${LIST}.json` : `${LIST}/${address.sid}.json`;
    await api.post(path, { ...fields, IsoCountry: fields["IsoCountry"]?.toUpperCase() });
    askAgain(LIST);
    toast.good("Saved.");
    onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title={address === undefined ? "New address" : "Address"}>
      <Form onSubmit={save}>
        <Stack>
          <TextField
            label="Name of the person or business"
            name="CustomerName"
            isRequired
            defaultValue={address?.customer_name ?? ""}
          />
          <TextField label="Street and number" name="Street" isRequired defaultValue={address?.street ?? ""} />
          <TextField label="More of it" name="StreetSecondary" defaultValue={address?.street_secondary ?? ""} />
          <Grid min="s">
            <TextField label="City" name="City" isRequired defaultValue={address?.city ?? ""} />
            <TextField label="Region" name="Region" isRequired defaultValue={address?.region ?? ""} />
            <TextField label="Postal code" name="PostalCode" isRequired defaultValue={address?.postal_code ?? ""} />
            {address === undefined && (
              <TextField label="Country" name="IsoCountry" isRequired placeholder="US" maxLength={2} />
            )}
          </Grid>
          <TextField label="What you call it" name="FriendlyName" defaultValue={address?.friendly_name ?? ""} />
          <Button type="submit" tone="primary">
            Save
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

import { useCan, usePages } from "../../api/index.ts";
import { Button, Empty, Link, ListView, SearchField, useFilters } from "../../ui/index.ts";
import { InboundCell } from "./inbound-cell.tsx";
import { capabilityNames, type OwnNumber } from "./number.ts";
import { NumberDrawer } from "./number-drawer.tsx";
import styles from "./numbers.module.css";
import { useNumberServices } from "./use-number-services.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers";

/** The numbers that the account has. */
export function OwnTab({ onBuy }: { readonly onBuy: () => void }) {
  const canWrite = useCan("numbers.write");
  const services = useNumberServices();
  const filters = useFilters({ search: null });
  const { search } = filters.values;
  const digits = search.replaceAll(/[\s().-]/g, "");
  const isNumber = /^[+*\d]+$/.test(digits);
  const pages = usePages<OwnNumber>(`${LIST}.json`, "incoming_phone_numbers", {
    query: { PhoneNumber: isNumber ? digits : undefined, FriendlyName: isNumber || !search ? undefined : search },
    keepsLast: true,
  });
  return (
    <ListView<OwnNumber>
      label="Phone numbers"
      list={pages}
      filters={filters}
      fields={
        <SearchField label="Find a number" hidesLabel placeholder="Number or name" {...filters.field("search")} />
      }
      actions={
        canWrite && (
          <Button tone="primary" onPress={onBuy}>
            Buy a number
          </Button>
        )
      }
      empty={
        <Empty title="No numbers yet">
          A number sends texts and takes the answers. Buy one, then say which URL is told of what comes in.
        </Empty>
      }
      noMatch={<Empty title="No number fits">Numbers are found by their digits, names as a whole.</Empty>}
      drawer={{
        param: "number",
        show: (number, close) => <NumberDrawer number={number} service={services.get(number.sid)} onClose={close} />,
      }}
      columns={[
        {
          id: "number",
          header: "Number",
          width: "1.2fr",
          cell: ({ phone_number }) => <span className={styles.number}>{phone_number}</span>,
        },
        {
          id: "name",
          header: "Name",
          width: "1.2fr",
          isMinor: true,
          cell: ({ friendly_name, phone_number }) => (friendly_name === phone_number ? "–" : friendly_name),
        },
        {
          id: "can",
          header: "Can",
          isMinor: true,
          cell: ({ capabilities }) => capabilityNames(capabilities).join(", "),
        },
        {
          id: "service",
          header: "Service",
          isMinor: true,
          cell: ({ sid }) => {
            const service = services.get(sid);
            return service === undefined ? "–" : <Link to={`/services/${service.sid}`}>{service.name}</Link>;
          },
        },
        {
          id: "inbound",
          header: "Texts go to",
          width: "1.6fr",
          cell: (row) => <InboundCell number={row} service={services.get(row.sid)} />,
        },
      ]}
    />
  );
}

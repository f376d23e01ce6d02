import { usePages } from "../../api/index.ts";
import { CopyText, Drawer, Empty, KeyValues, Link, ListView, Stack, When } from "../../ui/index.ts";
import { InboundCell } from "./inbound-cell.tsx";
import type { ShortCode } from "./number.ts";
import styles from "./numbers.module.css";
import { useNumberServices } from "./use-number-services.ts";
import { WebhooksForm } from "./webhooks-form.tsx";

const LIST = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes";

/** The short codes that the operator has given to the account. */
export function ShortCodesTab() {
  const services = useNumberServices();
  const pages = usePages<ShortCode>(`${LIST}.json`, "short_codes");
  return (
    <ListView<ShortCode>
      label="Short codes"
      list={pages}
      drawer={{
        param: "short-code",
        show: (code, close) => (
          <Drawer isOpen onClose={close} title={code.short_code}>
            <Stack>
              <KeyValues
                items={[
                  { key: "SID", value: <CopyText>{code.sid}</CopyText> },
                  { key: "Since", value: <When at={code.date_created} /> },
                ]}
              />
              <WebhooksForm path={`${LIST}/${code.sid}.json`} list={LIST} number={code} onDone={close} />
            </Stack>
          </Drawer>
        ),
      }}
      empty={
        <Empty title="No short codes">
          Short codes are leased from carriers and assigned by the operator in the configuration. They cannot be bought
          here.
        </Empty>
      }
      columns={[
        {
          id: "code",
          header: "Short code",
          cell: ({ short_code }) => <span className={styles.number}>{short_code}</span>,
        },
        { id: "name", header: "Name", isMinor: true, cell: ({ friendly_name }) => friendly_name },
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
          width: "2fr",
          cell: (row) => <InboundCell number={row} service={services.get(row.sid)} />,
        },
      ]}
    />
  );
}

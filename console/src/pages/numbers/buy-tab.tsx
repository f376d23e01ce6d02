import { useState } from "react";
import { useApi } from "../../api/index.ts";
import {
  Button,
  Card,
  Checkbox,
  Empty,
  ErrorNote,
  formatMoney,
  ListView,
  Row,
  SegmentedControl,
  Select,
  Skeleton,
  TextField,
} from "../../ui/index.ts";
import { BuyDialog } from "./buy-dialog.tsx";
import {
  capabilityNames,
  type FreeNumber,
  kindsOf,
  type NumberCountry,
  type NumberPrices,
  priceOf,
  searchQuery,
} from "./number.ts";
import styles from "./numbers.module.css";

const AVAILABLE = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers";
const PRICES = "/v1/PhoneNumbers/Countries";
const ALL = { PageSize: 1_000 };
/** Only countries of the North American numbering plan have area codes that can be asked for. */
const WITH_AREA_CODES: ReadonlySet<string> = new Set(["US", "CA", "PR"]);
const NOTHING = { areaCode: "", contains: "", needsSms: false, needsMms: false, needsVoice: false };

/** Finds free numbers, says what they cost, and buys them. */
export function BuyTab() {
  const [countryCode, setCountryCode] = useState("US");
  const [kindKey, setKindKey] = useState("local");
  const [search, setSearch] = useState(NOTHING);
  const [chosen, setChosen] = useState<FreeNumber>();
  const countries = useApi<{ countries: readonly NumberCountry[] }>(`${AVAILABLE}.json`, { query: ALL });
  const known = countries.data?.countries ?? [];
  const country = known.find(({ country_code: code }) => code === countryCode) ?? known[0];
  const kinds = kindsOf(country);
  const kind = kinds.find(({ key }) => key === kindKey) ?? kinds[0];
  const prices = useApi<NumberPrices>(`${PRICES}/${country?.country_code ?? ""}`, {
    product: "pricing",
    isEnabled: country !== undefined,
  });
  const found = useApi<{ available_phone_numbers: readonly FreeNumber[] }>(
    `${AVAILABLE}/${country?.country_code ?? ""}/${kind?.path ?? ""}.json`,
    {
      query: searchQuery({
        ...search,
        areaCode: WITH_AREA_CODES.has(country?.country_code ?? "") ? search.areaCode : "",
      }),
      isEnabled: country !== undefined && kind !== undefined,
      keepsLast: true,
    },
  );
  const price = priceOf(prices.data, kind);
  const shownPrice =
    price === undefined || prices.data === undefined
      ? undefined
      : formatMoney(Math.round(Number(price) * 1_000_000), prices.data.price_unit.toUpperCase());
  if (countries.isPending) return <Skeleton lines={6} />;
  if (countries.error !== null) return <ErrorNote error={countries.error} onRetry={() => void countries.refetch()} />;
  if (country === undefined) return <NothingToBuy />;
  return (
    <ListView<FreeNumber>
      label="Free numbers"
      list={{
        rows: found.error === null ? (found.data?.available_phone_numbers ?? []) : [],
        isLoading: found.isPending,
        error: found.error ?? prices.error,
      }}
      filters={{ isOn: search !== NOTHING, clear: () => setSearch(NOTHING) }}
      fields={
        <>
          <Select
            label="Country"
            options={known.map((each) => ({ value: each.country_code, label: each.country }))}
            value={country.country_code}
            onChange={setCountryCode}
          />
          {WITH_AREA_CODES.has(country.country_code) && (
            <TextField
              label="Area code"
              inputMode="numeric"
              placeholder="415"
              maxLength={5}
              value={search.areaCode}
              onChange={(areaCode) => setSearch({ ...search, areaCode })}
            />
          )}
          <TextField
            label="Contains"
            placeholder="555 or TAXI or 4*2"
            maxLength={20}
            value={search.contains}
            onChange={(contains) => setSearch({ ...search, contains })}
          />
        </>
      }
      note={
        <Row>
          <SegmentedControl
            label="Kind of number"
            options={kinds.map(({ key, label }) => ({ value: key, label }))}
            value={kind?.key ?? ""}
            onChange={setKindKey}
          />
          <Checkbox isSelected={search.needsSms} onChange={(needsSms) => setSearch({ ...search, needsSms })}>
            SMS
          </Checkbox>
          <Checkbox isSelected={search.needsMms} onChange={(needsMms) => setSearch({ ...search, needsMms })}>
            MMS
          </Checkbox>
          <Checkbox isSelected={search.needsVoice} onChange={(needsVoice) => setSearch({ ...search, needsVoice })}>
            Voice
          </Checkbox>
        </Row>
      }
      rowKey={({ phone_number }) => phone_number}
      onRowPress={setChosen}
      empty={
        <Empty title="No free number fits">
          All numbers of this kind are taken, or the operator has put none for sale. Try another kind or country.
        </Empty>
      }
      noMatch={<Empty title="No free number fits">Ask for less: fewer digits, another area code, another kind.</Empty>}
      columns={[
        {
          id: "number",
          header: "Number",
          width: "1.3fr",
          cell: ({ friendly_name }) => <span className={styles.number}>{friendly_name}</span>,
        },
        {
          id: "place",
          header: "Where",
          width: "1.2fr",
          isMinor: true,
          cell: ({ locality, region }) => [locality, region].filter(Boolean).join(", ") || "–",
        },
        {
          id: "can",
          header: "Can",
          width: "1.2fr",
          isMinor: true,
          cell: ({ capabilities }) => capabilityNames(capabilities).join(", "),
        },
        {
          id: "price",
          header: "A month",
          align: "end",
          width: "76px",
          cell: () => <span className={styles.price}>{shownPrice ?? "–"}</span>,
        },
        {
          id: "buy",
          header: "",
          align: "end",
          width: "68px",
          cell: (row) => (
            <Button size="s" label={`Buy ${row.friendly_name}`} onPress={() => setChosen(row)}>
              Buy
            </Button>
          ),
        },
      ]}
    >
      {chosen !== undefined && <BuyDialog number={chosen} price={shownPrice} onClose={() => setChosen(undefined)} />}
    </ListView>
  );
}

function NothingToBuy() {
  return (
    <Card>
      <Empty title="Nothing is for sale">
        The operator puts numbers for sale in the configuration, as <code>numbers</code>.
      </Empty>
    </Card>
  );
}

import { useMemo, useState } from "react";
import { api, queryClient, askAgain, useApi, useCan, useSession } from "../../api/index.ts";
import { Badge, Empty, ListView, SearchField, SegmentedControl, Switch, toast } from "../../ui/index.ts";
import { CountryDrawer } from "./country-drawer.tsx";
import { PrefixesCard } from "./prefixes-card.tsx";
import {
  type CountryFilter,
  type CountryRow,
  type CountryRule,
  countryRows,
  demandsOf,
  filterCountries,
  type GeoPermissions,
} from "./rules.ts";
import styles from "./rules.module.css";

const GEO = "/trunkline/v1/GeoPermissions";
const RULES = "/trunkline/v1/CountryRules";
const ALL = { query: { PageSize: 300 } };

/** To which countries the account may send, and what these demand. */
export function CountriesTab() {
  const { isOperator } = useSession();
  const canWrite = useCan("rules.write");
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState<CountryFilter>("all");
  const { account, accountSid } = useSession();
  const geo = useApi<GeoPermissions>(GEO);
  const rules = useApi<{ country_rules: readonly CountryRule[] }>(RULES, ALL);
  const rows = useMemo(
    () => countryRows(geo.data?.countries ?? [], rules.data?.country_rules ?? []),
    [geo.data, rules.data],
  );
  const shown = filterCountries(rows, search, filter);
  const permit = async (place: string, isOn: boolean): Promise<void> => {
    // Seen at once; what the cell says afterwards holds.
    queryClient.setQueriesData<GeoPermissions>({ queryKey: [GEO] }, (known) => changed(known, place, isOn));
    try {
      await changePermission({ place, isOn, isOperator, ofMain: account.sid === accountSid ? undefined : accountSid });
    } catch (error) {
      toast.bad(error);
    }
    askAgain(GEO);
  };
  const canSwitch = (row: CountryRow): boolean => canWrite && (isOperator || !row.isHighRisk);
  const enabled = rows.filter(({ isEnabled }) => isEnabled).length;
  return (
    <ListView<CountryRow>
      label="Countries"
      list={{
        rows: shown,
        isLoading: geo.isPending,
        error: geo.error ?? rules.error,
        refetch: () => void geo.refetch(),
      }}
      rowKey={({ code }) => code}
      fields={
        <SearchField label="Find a country" hidesLabel placeholder="Name or code" value={search} onChange={setSearch} />
      }
      actions={
        <SegmentedControl<CountryFilter>
          label="Which countries"
          options={[
            { value: "all", label: "All" },
            { value: "on", label: "On" },
            { value: "off", label: "Off" },
            { value: "risk", label: "High risk" },
            { value: "strict", label: "With demands" },
          ]}
          value={filter}
          onChange={setFilter}
        />
      }
      note={
        <p className={styles.soft}>
          {shown.length} of {rows.length} shown; texts may go to {enabled} of them.
        </p>
      }
      empty={<Empty title="No country fits">Take a filter away, or search by the two letters of its code.</Empty>}
      drawer={{ param: "country", show: (row, close) => <CountryDrawer row={row} onClose={close} /> }}
      columns={[
        {
          id: "name",
          header: "Country",
          width: "1.3fr",
          cell: ({ name, code }) => (
            <>
              {name} <span className={styles.soft}>{code}</span>
            </>
          ),
        },
        {
          id: "demands",
          header: "Demands",
          width: "2.4fr",
          isMinor: true,
          cell: ({ rule }) => (
            <span className={styles.demands}>
              {demandsOf(rule).map((demand) => (
                <Badge key={demand}>{demand}</Badge>
              ))}
            </span>
          ),
        },
        {
          id: "risk",
          header: "",
          width: "90px",
          isMinor: true,
          cell: ({ isHighRisk }) => isHighRisk && <Badge tone="warn">high risk</Badge>,
        },
        {
          id: "may",
          header: "Allowed",
          width: "84px",
          align: "end",
          cell: (row) => (
            <Switch
              isSelected={row.isEnabled}
              isDisabled={!canSwitch(row)}
              onChange={(isOn) => void permit(row.code, isOn)}
            >
              <span className={styles.hidden}>{row.name}</span>
            </Switch>
          ),
        },
      ]}
    >
      <PrefixesCard prefixes={geo.data?.prefixes ?? []} onChange={permit} canWrite={canWrite && isOperator} />
    </ListView>
  );
}

function changed(known: GeoPermissions | undefined, place: string, enabled: boolean): GeoPermissions | undefined {
  if (known === undefined) return undefined;
  const change = <R extends { readonly place: string; readonly enabled: boolean }>(row: R): R =>
    row.place === place ? { ...row, enabled } : row;
  return { ...known, countries: known.countries.map(change), prefixes: known.prefixes.map(change) };
}

interface PermissionChange {
  readonly place: string;
  readonly isOn: boolean;
  readonly isOperator: boolean;
  /** A subaccount that the operator decides for. */
  readonly ofMain: string | undefined;
}

/** The operator has a resource that knows high risk and prefixes; everybody else that of Twilio. */
async function changePermission({ place, isOn, isOperator, ofMain }: PermissionChange): Promise<void> {
  if (isOperator) {
    await api.post(GEO, { AccountSid: ofMain, Place: place, Enabled: isOn }, { account: null });
    return;
  }
  const { permissions } = await api.patch<{
    permissions: readonly { readonly error_code: number; readonly error_messages: readonly string[] }[];
  }>(
    "/v1/Messaging/GeoPermissions",
    { Permissions: [{ country_code: place, type: "country", enabled: isOn }] },
    { product: "accounts" },
  );
  const refused = permissions.find(({ error_code: code }) => code !== 0);
  if (refused !== undefined) throw new Error(refused.error_messages.join(" "));
}

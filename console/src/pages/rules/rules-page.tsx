import { useCan } from "../../api/index.ts";
import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { CountriesTab } from "./countries-tab.tsx";
import { OptOutsTab } from "./opt-outs-tab.tsx";
import { QuietHoursTab } from "./quiet-hours-tab.tsx";
import { RegistrationsTab } from "./registrations-tab.tsx";
import { RuleListTab } from "./rule-list-tab.tsx";

/** What may be sent to whom, where and when. */
export default function RulesPage() {
  const params = useSearchParams();
  const canRegistrations = useCan("registrations.read");
  const items = [
    { id: "countries", label: "Countries", content: <CountriesTab /> },
    { id: "opt-outs", label: "Opt-outs", content: <OptOutsTab /> },
    { id: "quiet-hours", label: "Quiet hours", content: <QuietHoursTab /> },
    ...(canRegistrations ? [{ id: "registrations", label: "Registrations", content: <RegistrationsTab /> }] : []),
    { id: "rules", label: "What is checked", content: <RuleListTab /> },
  ];
  const tab = params.get("tab");
  return (
    <Page title="Rules">
      <Tabs
        label="Kinds of rules"
        items={items}
        selected={items.some(({ id }) => id === tab) ? tab : "countries"}
        onSelect={(id) => params.set({ tab: id === "countries" ? "" : id })}
      />
    </Page>
  );
}

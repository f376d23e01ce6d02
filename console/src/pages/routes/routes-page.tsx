import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { ExplainTab } from "./explain-tab.tsx";
import { PublicationsTab } from "./publications-tab.tsx";
import { TablesTab } from "./tables-tab.tsx";

/** By which table messages find their carriers, and why. */
export default function RoutesPage() {
  const { get, set } = useSearchParams();
  return (
    <Page title="Routes" subtitle="Which carrier a message takes, and why">
      <Tabs
        label="Routes"
        selected={get("tab") || "explain"}
        onSelect={(tab) => set({ tab: tab === "explain" ? undefined : tab })}
        items={[
          { id: "explain", label: "How would it be routed?", content: <ExplainTab /> },
          { id: "tables", label: "Tables", content: <TablesTab /> },
          { id: "publications", label: "What was published", content: <PublicationsTab /> },
        ]}
      />
    </Page>
  );
}

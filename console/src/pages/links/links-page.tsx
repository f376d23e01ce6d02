import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { DomainsTab } from "./domains-tab.tsx";
import { LinksTab } from "./links-tab.tsx";

/** Short links, who clicked them, and the domains that they are on. */
export default function LinksPage() {
  const params = useSearchParams();
  const openTab = (tab: string): void => params.set({ tab: tab === "links" ? "" : tab });
  return (
    <Page title="Links">
      <Tabs
        label="Links and domains"
        items={[
          { id: "links", label: "Links", content: <LinksTab onDomains={() => openTab("domains")} /> },
          { id: "domains", label: "Domains", content: <DomainsTab /> },
        ]}
        selected={params.get("tab") === "domains" ? "domains" : "links"}
        onSelect={openTab}
      />
    </Page>
  );
}

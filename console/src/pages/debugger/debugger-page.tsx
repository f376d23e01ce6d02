import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { ErrorsTab } from "./errors-tab.tsx";
import { RequestsTab } from "./requests-tab.tsx";
import { WebhooksTab } from "./webhooks-tab.tsx";

/** What goes wrong, why, and what mends it. */
export default function DebuggerPage() {
  const { get, set } = useSearchParams();
  return (
    <Page title="Debugger" subtitle="What went wrong, why, and what mends it.">
      <Tabs
        label="Parts of the debugger"
        selected={get("tab") || "errors"}
        onSelect={(tab) => set({ tab: tab === "errors" ? "" : tab })}
        items={[
          { id: "errors", label: "Errors", content: <ErrorsTab /> },
          { id: "webhooks", label: "Webhooks", content: <WebhooksTab /> },
          { id: "requests", label: "API requests", content: <RequestsTab /> },
        ]}
      />
    </Page>
  );
}

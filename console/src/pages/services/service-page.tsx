import { useState } from "react";
import { api, askAgain, useApi, useCan } from "../../api/index.ts";
import {
  Button,
  ConfirmDialog,
  CopyText,
  ErrorNote,
  go,
  Link,
  Page,
  Skeleton,
  Tabs,
  toast,
  useParam,
  useSearchParams,
} from "../../ui/index.ts";
import { OptOutsTab } from "./opt-outs-tab.tsx";
import { SchedulingTab } from "./scheduling-tab.tsx";
import { SendersTab } from "./senders-tab.tsx";
import { ON_MESSAGING, type Service, SERVICES } from "./service.ts";
import { SettingsTab } from "./settings-tab.tsx";

/** One Messaging Service: its senders, how it behaves, its keywords and what is scheduled. */
export default function ServicePage() {
  const sid = useParam("sid");
  const canWrite = useCan("services.write");
  const canRules = useCan("rules.read");
  const canMessages = useCan("messages.read");
  const params = useSearchParams();
  const [asks, setAsks] = useState(false);
  const asked = useApi<Service>(`${SERVICES}/${sid}`, ON_MESSAGING);
  const service = asked.data;
  const items =
    service === undefined
      ? []
      : [
          { id: "senders", label: "Senders", content: <SendersTab service={service} /> },
          { id: "settings", label: "Settings", content: <SettingsTab key={service.sid} service={service} /> },
          ...(canRules ? [{ id: "opt-outs", label: "Opt-outs", content: <OptOutsTab serviceSid={sid} /> }] : []),
          ...(canMessages
            ? [{ id: "scheduling", label: "Scheduling", content: <SchedulingTab serviceSid={sid} /> }]
            : []),
        ];
  const tab = params.get("tab");
  return (
    <Page
      title={service?.friendly_name ?? "Service"}
      subtitle={<CopyText>{sid}</CopyText>}
      trail={<Link to="/services">Services</Link>}
      actions={
        canWrite &&
        service !== undefined && (
          <Button tone="danger" onPress={() => setAsks(true)}>
            Delete
          </Button>
        )
      }
    >
      <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />
      {asked.isPending && <Skeleton lines={6} />}
      {service !== undefined && (
        <Tabs
          label="Parts of the service"
          items={items}
          selected={items.some(({ id }) => id === tab) ? tab : "senders"}
          onSelect={(id) => params.set({ tab: id === "senders" ? "" : id })}
        />
      )}
      {asks && service !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsks(false)}
          title={`Delete ${service.friendly_name}?`}
          confirm="Delete it"
          tone="danger"
          typed={service.friendly_name}
          onConfirm={async () => {
            await api.delete(`${SERVICES}/${sid}`, ON_MESSAGING);
            go("/services");
            askAgain(SERVICES);
            toast.good(`${service.friendly_name} is deleted.`);
          }}
        >
          Programs that send by it are refused from then on. Its numbers stay yours, without a service.
        </ConfirmDialog>
      )}
    </Page>
  );
}

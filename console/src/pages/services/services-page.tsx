import { useState } from "react";
import { api, askAgain, useCan, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  Dialog,
  Empty,
  Form,
  go,
  ListTable,
  Page,
  Select,
  Stack,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import { ON_MESSAGING, type Service, SERVICES } from "./service.ts";
import { USECASES } from "./usecases.ts";

/** The Messaging Services of the account. */
export default function ServicesPage() {
  const canWrite = useCan("services.write");
  const [isOpen, setOpen] = useState(false);
  const pages = usePages<Service>(SERVICES, "services", ON_MESSAGING);
  const create = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      New service
    </Button>
  );
  return (
    <Page title="Services" actions={pages.rows.length > 0 && create}>
      <ListTable<Service>
        label="Messaging Services"
        list={pages}
        onRowPress={({ sid }) => go(`/services/${sid}`)}
        empty={
          <Empty title="No Messaging Service yet" action={create}>
            A service is a pool of senders with one behaviour: your program says the service, and the best sender of the
            pool is taken for each recipient. It is needed for scheduling, too.
          </Empty>
        }
        columns={[
          { id: "name", header: "Name", width: "1.4fr", cell: ({ friendly_name }) => friendly_name },
          { id: "sid", header: "SID", width: "2fr", isMinor: true, cell: ({ sid }) => <code>{sid}</code> },
          { id: "usecase", header: "For", isMinor: true, cell: ({ usecase }) => usecase },
          {
            id: "a2p",
            header: "US A2P",
            cell: ({ us_app_to_person_registered: isRegistered }) => (
              <Badge tone={isRegistered ? "good" : "neutral"}>{isRegistered ? "registered" : "none"}</Badge>
            ),
          },
          { id: "since", header: "Since", cell: ({ date_created }) => <When at={date_created} /> },
        ]}
      />
      {isOpen && <ServiceDialog onClose={() => setOpen(false)} />}
    </Page>
  );
}

function ServiceDialog({ onClose }: { readonly onClose: () => void }) {
  const [usecase, setUsecase] = useState("notifications");
  const create = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
    const made = await api.post<Service>(SERVICES, { ...given, Usecase: usecase }, ON_MESSAGING);
    askAgain(SERVICES);
    toast.good(`${made.friendly_name} is made. Give it senders.`);
    onClose();
    go(`/services/${made.sid}`);
  };
  return (
    <Dialog isOpen onClose={onClose} title="New Messaging Service">
      <Form onSubmit={create}>
        <Stack>
          <TextField label="Name" name="FriendlyName" placeholder="Order updates" isRequired />
          <Select label="What it is for" options={USECASES} value={usecase} onChange={setUsecase} />
          <TextField
            label="When a text comes in"
            name="InboundRequestUrl"
            type="url"
            placeholder="https://…"
            description="Asked for every text to a number of the pool. It can be said later."
            isMono
          />
          <Button type="submit" tone="primary">
            Make it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

import { useState } from "react";
import { api, askAgain, useCan, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  Dialog,
  Empty,
  Form,
  ListView,
  Stack,
  TextField,
  useNow,
  useSearchParams,
  When,
} from "../../ui/index.ts";
import { DomainDrawer } from "./domain-drawer.tsx";
import { type DomainNeed, DOMAINS, type LinkDomain, needOf } from "./link.ts";
import styles from "./links.module.css";

const NEEDS: Readonly<Record<DomainNeed, { readonly tone: "good" | "warn" | "bad" | "info"; readonly text: string }>> =
  {
    proof: { tone: "warn", text: "prove that it is yours" },
    certificate: { tone: "info", text: "no certificate" },
    renewal: { tone: "warn", text: "certificate ends soon" },
    nothing: { tone: "good", text: "ready" },
    operator: { tone: "bad", text: "blocked" },
  };

/** The domains of the account that links are on. */
export function DomainsTab() {
  const canWrite = useCan("links.write");
  const params = useSearchParams();
  const nowMs = useNow();
  const [isOpen, setOpen] = useState(false);
  const pages = usePages<LinkDomain>(DOMAINS, "link_domains");
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Add a domain
    </Button>
  );
  return (
    <ListView<LinkDomain>
      label="Link domains"
      list={pages}
      actions={add}
      drawer={{
        param: "link-domain",
        show: (domain, close) => <DomainDrawer domain={domain} need={needOf(domain, nowMs)} onClose={close} />,
      }}
      empty={
        <Empty title="No link domain yet" action={add}>
          Take a short name below a domain of yours, such as go.example.com. Then prove that it is yours by a DNS record
          or a file, and point it here.
        </Empty>
      }
      columns={[
        {
          id: "name",
          header: "Domain",
          width: "1.5fr",
          cell: ({ domain_name }) => <span className={styles.short}>{domain_name}</span>,
        },
        {
          id: "state",
          header: "State",
          width: "1.2fr",
          cell: (row) => {
            const { tone, text } = NEEDS[needOf(row, nowMs)];
            return (
              <Badge tone={tone} hasDot>
                {text}
              </Badge>
            );
          },
        },
        {
          id: "services",
          header: "Services",
          isMinor: true,
          cell: ({ messaging_services: services }) => services.length || "–",
        },
        { id: "since", header: "Since", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
      ]}
    >
      {isOpen && <DomainDialog onClose={() => setOpen(false)} onMade={(sid) => params.set({ "link-domain": sid })} />}
    </ListView>
  );
}

interface DomainDialogProps {
  readonly onClose: () => void;
  readonly onMade: (sid: string) => void;
}

function DomainDialog({ onClose, onMade }: DomainDialogProps) {
  const add = async ({ DomainName }: Readonly<Record<string, string>>): Promise<void> => {
    const made = await api.post<LinkDomain>(DOMAINS, { DomainName });
    askAgain(DOMAINS);
    onClose();
    onMade(made.sid);
  };
  return (
    <Dialog isOpen onClose={onClose} title="Add a link domain">
      <Form onSubmit={add}>
        <Stack>
          <TextField
            label="Domain"
            name="DomainName"
            placeholder="go.example.com"
            description="The shorter, the more room is left in a text."
            isRequired
            isMono
          />
          <Button type="submit" tone="primary">
            Add it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

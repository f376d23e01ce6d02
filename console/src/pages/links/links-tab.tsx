import { useState } from "react";
import { useApi, useCan, usePages } from "../../api/index.ts";
import { Badge, Button, Empty, ListView, Select, StatusBadge, TextField, useFilters, When } from "../../ui/index.ts";
import { DOMAINS, type LinkDomain, LINKS, type ShortLink } from "./link.ts";
import { LinkDialog } from "./link-dialog.tsx";
import { LinkDrawer } from "./link-drawer.tsx";
import styles from "./links.module.css";

/** The short links of the account. */
export function LinksTab({ onDomains }: { readonly onDomains: () => void }) {
  const canWrite = useCan("links.write");
  const [isOpen, setOpen] = useState(false);
  const domains = useApi<{ link_domains: readonly LinkDomain[] }>(DOMAINS, { query: { PageSize: 1_000 } });
  const filters = useFilters({ domain: "DomainName", tag: "Tag" });
  const pages = usePages<ShortLink>(LINKS, "links", { query: filters.query, keepsLast: true });
  const verified = (domains.data?.link_domains ?? []).filter(({ status }) => status === "verified");
  const create = canWrite && verified.length > 0 && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      New link
    </Button>
  );
  return (
    <ListView<ShortLink>
      label="Short links"
      list={pages}
      filters={filters}
      fields={
        <>
          <Select
            label="Domain"
            options={[
              { value: "", label: "Any" },
              ...(domains.data?.link_domains ?? []).map(({ domain_name: name }) => ({ value: name, label: name })),
            ]}
            {...filters.field("domain")}
          />
          <TextField label="Tag" {...filters.field("tag")} />
        </>
      }
      actions={create}
      empty={
        verified.length === 0 ? (
          <Empty title="No links yet" action={<Button onPress={onDomains}>Set up a domain</Button>}>
            Short links are on a domain of yours, so that people see who they are from. Set one up first.
          </Empty>
        ) : (
          <Empty title="No links yet">
            Make one here, or send a text with <code>ShortenUrls=true</code>: each recipient gets a link of their own.
          </Empty>
        )
      }
      noMatch={<Empty title="No link fits" />}
      drawer={{ param: "link", show: (link, close) => <LinkDrawer link={link} onClose={close} /> }}
      columns={[
        {
          id: "short",
          header: "Link",
          width: "1.2fr",
          cell: ({ domain_name, code }) => (
            <span className={styles.short}>
              {domain_name}/{code}
            </span>
          ),
        },
        {
          id: "target",
          header: "Leads to",
          width: "2fr",
          cell: ({ title, target_url }) => (
            <>
              {title !== null && <strong>{title} </strong>}
              <span className={styles.target}>{target_url.replace(/^https?:\/\//, "")}</span>
            </>
          ),
        },
        {
          id: "tags",
          header: "Tags",
          isMinor: true,
          cell: ({ tags }) => tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
        },
        { id: "state", header: "State", width: "110px", cell: ({ status }) => <StatusBadge status={status} /> },
        { id: "made", header: "Made", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
      ]}
    >
      {isOpen && <LinkDialog domains={verified} onClose={() => setOpen(false)} />}
    </ListView>
  );
}

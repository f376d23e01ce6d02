import { useState } from "react";
import { useApi, useCan, usePages } from "../../api/index.ts";
import {
  Badge,
  Button,
  Empty,
  ErrorNote,
  FilterBar,
  Select,
  Stack,
  StatusBadge,
  Table,
  TextField,
  useSearchParams,
  When,
} from "../../ui/index.ts";
import { DOMAINS, type LinkDomain, LINKS, type ShortLink } from "./link.ts";
import { LinkDialog } from "./link-dialog.tsx";
import { LinkDrawer } from "./link-drawer.tsx";
import styles from "./links.module.css";

/** The short links of the account. */
export function LinksTab({ onDomains }: { readonly onDomains: () => void }) {
  const canWrite = useCan("links.write");
  const params = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const domains = useApi<{ link_domains: readonly LinkDomain[] }>(DOMAINS, { query: { PageSize: 1_000 } });
  const pages = usePages<ShortLink>(LINKS, "links", {
    query: { DomainName: params.get("domain") || undefined, Tag: params.get("tag") || undefined },
    keepsLast: true,
  });
  const verified = (domains.data?.link_domains ?? []).filter(({ status }) => status === "verified");
  const isFiltered = params.get("domain") !== "" || params.get("tag") !== "";
  const open = pages.rows.find(({ sid }) => sid === params.get("link"));
  const create = canWrite && verified.length > 0 && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      New link
    </Button>
  );
  return (
    <Stack>
      {(pages.rows.length > 0 || isFiltered) && (
        <FilterBar actions={create} onClear={isFiltered ? () => params.set({ domain: "", tag: "" }) : undefined}>
          <Select
            label="Domain"
            options={[
              { value: "", label: "Any" },
              ...(domains.data?.link_domains ?? []).map(({ domain_name: name }) => ({ value: name, label: name })),
            ]}
            value={params.get("domain")}
            onChange={(domain) => params.set({ domain })}
          />
          <TextField label="Tag" value={params.get("tag")} onChange={(tag) => params.set({ tag })} />
        </FilterBar>
      )}
      <ErrorNote error={pages.error} onRetry={pages.refetch} />
      <Table<ShortLink>
        label="Short links"
        rows={pages.rows}
        isLoading={pages.isLoading}
        rowKey={({ sid }) => sid}
        onEnd={pages.loadMore}
        onRowPress={({ sid }) => params.set({ link: sid })}
        selectedKey={open?.sid}
        empty={
          isFiltered ? (
            <Empty title="No link fits" />
          ) : verified.length === 0 ? (
            <Empty title="No links yet" action={<Button onPress={onDomains}>Set up a domain</Button>}>
              Short links are on a domain of yours, so that people see who they are from. Set one up first.
            </Empty>
          ) : (
            <Empty title="No links yet" action={create}>
              Make one here, or send a text with <code>ShortenUrls=true</code>: each recipient gets a link of their own.
            </Empty>
          )
        }
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
      />
      {isOpen && <LinkDialog domains={verified} onClose={() => setOpen(false)} />}
      {open !== undefined && <LinkDrawer key={open.sid} link={open} onClose={() => params.set({ link: "" })} />}
    </Stack>
  );
}

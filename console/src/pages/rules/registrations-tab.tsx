import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type ApiError, usePages, useSession } from "../../api/index.ts";
import { Card, Empty, ListTable, Stack, StatusBadge, When } from "../../ui/index.ts";
import type { Brand, Campaign, TollFree } from "./registration.ts";
import { BrandDrawer, CampaignDrawer } from "./registration-drawers.tsx";

const ON_MESSAGING = { product: "messaging" } as const;
const MAX_SERVICES = 50;
const REFRESH_MS = 15_000;

/** What was registered with the registries of the United States: brands, campaigns and toll-free numbers. */
export function RegistrationsTab() {
  const [brand, setBrand] = useState<Brand>();
  const [campaign, setCampaign] = useState<Campaign>();
  const brands = usePages<Brand>("/v1/a2p/BrandRegistrations", "data", { ...ON_MESSAGING, everyMs: REFRESH_MS });
  const tollFree = usePages<TollFree>("/v1/Tollfree/Verifications", "verifications", {
    ...ON_MESSAGING,
    everyMs: REFRESH_MS,
  });
  const campaigns = useCampaigns();
  return (
    <Stack>
      <Card title="Brands" isFlush>
        <ListTable<Brand>
          label="Brands"
          list={brands}
          onRowPress={setBrand}
          height={260}
          empty={
            <Empty title="No brand is registered">
              Texts from ten-digit numbers to the United States need one. It is registered by the API, after a customer
              profile was approved: <code>POST /v1/a2p/BrandRegistrations</code>.
            </Empty>
          }
          columns={[
            { id: "sid", header: "Brand", width: "2fr", cell: ({ sid }) => <code>{sid}</code> },
            { id: "type", header: "Kind", isMinor: true, cell: ({ brand_type }) => brand_type },
            { id: "status", header: "State", cell: ({ status }) => <StatusBadge status={status} /> },
            {
              id: "score",
              header: "Score",
              align: "end",
              isMinor: true,
              cell: ({ brand_score }) => brand_score ?? "–",
            },
            { id: "when", header: "Changed", isMinor: true, cell: ({ date_updated }) => <When at={date_updated} /> },
          ]}
        />
      </Card>
      <Card title="Campaigns" isFlush>
        <ListTable<Campaign>
          label="Campaigns"
          list={{ rows: campaigns.data ?? [], isLoading: campaigns.isPending, error: campaigns.error }}
          onRowPress={setCampaign}
          height={260}
          empty={
            <Empty title="No campaign is registered">
              A campaign says what a Messaging Service sends to the United States. It needs a brand.
            </Empty>
          }
          columns={[
            { id: "what", header: "Campaign", width: "2fr", cell: ({ description }) => description },
            { id: "usecase", header: "For", isMinor: true, cell: (row) => row.us_app_to_person_usecase },
            { id: "status", header: "State", cell: ({ campaign_status }) => <StatusBadge status={campaign_status} /> },
            {
              id: "rate",
              header: "Rate",
              isMinor: true,
              cell: ({ rate_limits: limits }) =>
                limits === null ? "–" : `${limits.att.mps}/s, ${limits.tmobile.brand_tier}`,
            },
            { id: "when", header: "Changed", isMinor: true, cell: ({ date_updated }) => <When at={date_updated} /> },
          ]}
        />
      </Card>
      <Card title="Toll-free numbers" isFlush>
        <ListTable<TollFree>
          label="Toll-free verifications"
          list={tollFree}
          height={260}
          empty={
            <Empty title="No toll-free number is verified">
              Toll-free numbers have to be verified before texts from them are delivered.
            </Empty>
          }
          columns={[
            { id: "number", header: "Number", cell: (row) => row.tollfree_phone_number },
            { id: "who", header: "Business", isMinor: true, cell: ({ business_name }) => business_name },
            { id: "status", header: "State", cell: ({ status }) => <StatusBadge status={status} /> },
            { id: "why", header: "Why", width: "1.6fr", isMinor: true, cell: (row) => row.rejection_reason ?? "–" },
            { id: "when", header: "Changed", isMinor: true, cell: ({ date_updated }) => <When at={date_updated} /> },
          ]}
        />
      </Card>
      {brand !== undefined && <BrandDrawer brand={brand} onClose={() => setBrand(undefined)} />}
      {campaign !== undefined && <CampaignDrawer campaign={campaign} onClose={() => setCampaign(undefined)} />}
    </Stack>
  );
}

/** Campaigns stand below their services: each is asked. */
function useCampaigns() {
  const { accountSid } = useSession();
  return useQuery<readonly Campaign[], ApiError>({
    queryKey: ["/v1/Services", "campaigns of all services", accountSid],
    queryFn: async () => {
      const { services } = await api.get<{ services: readonly { readonly sid: string }[] }>("/v1/Services", {
        ...ON_MESSAGING,
        query: { PageSize: MAX_SERVICES },
      });
      const lists = await Promise.all(
        services.map(({ sid }) =>
          api.get<{ compliance: readonly Campaign[] }>(`/v1/Services/${sid}/Compliance/Usa2p`, ON_MESSAGING),
        ),
      );
      return lists.flatMap(({ compliance }) => compliance);
    },
    refetchInterval: REFRESH_MS,
  });
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type ApiError, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
  Card,
  CopyText,
  Drawer,
  Empty,
  ErrorNote,
  KeyValues,
  Link,
  Stack,
  StatusBadge,
  Table,
  When,
} from "../../ui/index.ts";

interface Problem {
  readonly error_code?: number;
  readonly description?: string;
}

interface Brand {
  readonly sid: string;
  readonly brand_type: string;
  readonly status: string;
  readonly identity_status: string | null;
  readonly tcr_id: string | null;
  readonly brand_score: number | null;
  readonly failure_reason: string | null;
  readonly errors: readonly Problem[];
  readonly mock: boolean;
  readonly customer_profile_bundle_sid: string;
  readonly date_updated: string;
}

interface Campaign {
  readonly sid: string;
  readonly brand_registration_sid: string;
  readonly messaging_service_sid: string;
  readonly description: string;
  readonly us_app_to_person_usecase: string;
  readonly campaign_status: string;
  readonly campaign_id: string | null;
  readonly message_samples: readonly string[];
  readonly errors: readonly Problem[];
  readonly rate_limits: {
    readonly att: { readonly mps: number; readonly msg_class: string };
    readonly tmobile: { readonly brand_tier: string };
  } | null;
  readonly date_updated: string;
}

interface TollFree {
  readonly sid: string;
  readonly tollfree_phone_number: string;
  readonly business_name: string;
  readonly status: string;
  readonly rejection_reason: string | null;
  readonly edit_allowed: boolean | null;
  readonly date_updated: string;
}

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
      <ErrorNote error={brands.error ?? tollFree.error ?? campaigns.error} />
      <Card title="Brands" isFlush>
        <Table<Brand>
          label="Brands"
          rows={brands.rows}
          isLoading={brands.isLoading}
          rowKey={({ sid }) => sid}
          onEnd={brands.loadMore}
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
        <Table<Campaign>
          label="Campaigns"
          rows={campaigns.data ?? []}
          isLoading={campaigns.isPending}
          rowKey={({ sid }) => sid}
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
        <Table<TollFree>
          label="Toll-free verifications"
          rows={tollFree.rows}
          isLoading={tollFree.isLoading}
          rowKey={({ sid }) => sid}
          onEnd={tollFree.loadMore}
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

function BrandDrawer({ brand, onClose }: { readonly brand: Brand; readonly onClose: () => void }) {
  return (
    <Drawer isOpen onClose={onClose} title="Brand">
      <KeyValues
        items={[
          { key: "SID", value: <CopyText>{brand.sid}</CopyText> },
          { key: "State", value: <StatusBadge status={brand.status} /> },
          { key: "Identity", value: brand.identity_status },
          { key: "Registry's id", value: brand.tcr_id },
          { key: "Customer profile", value: <CopyText>{brand.customer_profile_bundle_sid}</CopyText> },
          { key: "Mock", value: <Badge>mock</Badge>, isShown: brand.mock },
          { key: "Why it failed", value: brand.failure_reason, isShown: brand.failure_reason !== null },
          { key: "Problems", value: <Problems problems={brand.errors} />, isShown: brand.errors.length > 0 },
        ]}
      />
    </Drawer>
  );
}

function CampaignDrawer({ campaign, onClose }: { readonly campaign: Campaign; readonly onClose: () => void }) {
  return (
    <Drawer isOpen onClose={onClose} title="Campaign">
      <KeyValues
        items={[
          { key: "SID", value: <CopyText>{campaign.sid}</CopyText> },
          { key: "State", value: <StatusBadge status={campaign.campaign_status} /> },
          { key: "Registry's id", value: campaign.campaign_id },
          {
            key: "Service",
            value: <Link to={`/services/${campaign.messaging_service_sid}`}>{campaign.messaging_service_sid}</Link>,
          },
          { key: "Brand", value: <CopyText>{campaign.brand_registration_sid}</CopyText> },
          { key: "Says", value: campaign.description },
          { key: "Samples", value: campaign.message_samples.map((sample) => <p key={sample}>{sample}</p>) },
          { key: "Problems", value: <Problems problems={campaign.errors} />, isShown: campaign.errors.length > 0 },
        ]}
      />
    </Drawer>
  );
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <>
      {problems.map(({ error_code: code, description }) => (
        <p key={`${code} ${description}`}>
          {code !== undefined && <Badge tone="bad">{code}</Badge>} {description}
        </p>
      ))}
    </>
  );
}

import { Badge, CopyText, Drawer, KeyValues, Link, StatusBadge } from "../../ui/index.ts";
import type { Brand, Campaign, Problem } from "./registration.ts";

/** A brand as its registry sees it. */
export function BrandDrawer({ brand, onClose }: { readonly brand: Brand; readonly onClose: () => void }) {
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

/** A campaign as its registry sees it. */
export function CampaignDrawer({ campaign, onClose }: { readonly campaign: Campaign; readonly onClose: () => void }) {
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

import { useCan } from "../../api/index.ts";
import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { AuditTab } from "./audit-tab.tsx";
import { KeysTab } from "./keys-tab.tsx";
import { MeTab } from "./me-tab.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { RegionsTab } from "./regions-tab.tsx";
import { SubaccountsTab } from "./subaccounts-tab.tsx";
import { UsersTab } from "./users-tab.tsx";

/** The account and whoever acts for it: its secrets, its people, what they did, and where it is at home. */
export default function AccountPage() {
  const params = useSearchParams();
  const canAccounts = useCan("accounts.read");
  const canKeys = useCan("keys.read");
  const canUsers = useCan("users.read");
  const canAudit = useCan("audit.read");
  const items = [
    ...(canAccounts ? [{ id: "profile", label: "Profile", content: <ProfileTab /> }] : []),
    ...(canKeys ? [{ id: "keys", label: "API keys", content: <KeysTab /> }] : []),
    ...(canAccounts ? [{ id: "subaccounts", label: "Subaccounts", content: <SubaccountsTab /> }] : []),
    ...(canUsers ? [{ id: "users", label: "Users", content: <UsersTab /> }] : []),
    { id: "me", label: "Me", content: <MeTab /> },
    ...(canAudit ? [{ id: "audit", label: "Audit log", content: <AuditTab /> }] : []),
    ...(canAccounts ? [{ id: "regions", label: "Regions", content: <RegionsTab /> }] : []),
  ];
  const first = items[0]?.id ?? "me";
  const tab = params.get("tab");
  return (
    <Page title="Account">
      <Tabs
        label="Parts of the account"
        items={items}
        selected={items.some(({ id }) => id === tab) ? tab : first}
        onSelect={(id) => params.set({ tab: id === first ? "" : id })}
      />
    </Page>
  );
}

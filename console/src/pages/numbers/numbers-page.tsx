import { useCan } from "../../api/index.ts";
import { Page, Tabs, useSearchParams } from "../../ui/index.ts";
import { AddressesTab } from "./addresses-tab.tsx";
import { BuyTab } from "./buy-tab.tsx";
import { NamesTab } from "./names-tab.tsx";
import { OwnTab } from "./own-tab.tsx";
import { ShortCodesTab } from "./short-codes-tab.tsx";

/** What texts are sent from and come in on: numbers, names and short codes, and where to get more of them. */
export default function NumbersPage() {
  const params = useSearchParams();
  const canWrite = useCan("numbers.write");
  const openTab = (tab: string): void => params.set({ tab: tab === "own" ? "" : tab });
  const items = [
    { id: "own", label: "Phone numbers", content: <OwnTab onBuy={() => openTab("buy")} /> },
    ...(canWrite ? [{ id: "buy", label: "Buy", content: <BuyTab /> }] : []),
    { id: "names", label: "Names", content: <NamesTab /> },
    { id: "short-codes", label: "Short codes", content: <ShortCodesTab /> },
    { id: "addresses", label: "Addresses", content: <AddressesTab /> },
  ];
  const asked = params.get("tab");
  return (
    <Page title="Numbers">
      <Tabs
        label="Kinds of senders"
        items={items}
        selected={items.some(({ id }) => id === asked) ? asked : "own"}
        onSelect={openTab}
      />
    </Page>
  );
}

import { Grid, Page } from "../../ui/index.ts";
import { InvoicesCard } from "./invoices-card.tsx";
import { LinesCard } from "./lines-card.tsx";
import { SpendCard } from "./spend-card.tsx";
import { TriggersCard } from "./triggers-card.tsx";
import { WalletCard } from "./wallet-card.tsx";

/** What is there, what was spent for what, and what was billed. */
export default function MoneyPage() {
  return (
    <Page title="Money">
      <Grid min="l">
        <WalletCard />
        <InvoicesCard />
      </Grid>
      <SpendCard />
      <TriggersCard />
      <LinesCard />
    </Page>
  );
}

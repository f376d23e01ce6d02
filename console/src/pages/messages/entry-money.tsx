import { Banknote, CircleDollarSign } from "lucide-react";
import { formatMoney, Money } from "../../ui/index.ts";
import { Facts, ICON, type Shown, type Views } from "./entry-parts.tsx";
import type { EntryData, Quote } from "./timeline-data.ts";

/** What it costs, and what was paid. */
export const MONEY_VIEWS: Views<"priced" | "money"> = {
  priced: pricedView,
  money: (data) => ({
    title: (
      <>
        {MONEY[data.line ?? "charge"]} <Money micros={data.amount_micros} currency={data.currency ?? "USD"} />
      </>
    ),
    icon: <Banknote size={ICON} />,
    tone: data.line === "credit" ? "good" : "neutral",
    children: <p>{moneyLine(data)}</p>,
  }),
};

const MONEY = { charge: "The account pays", cost: "The carrier asks", credit: "The account gets" } as const;

function pricedView({ billed, priced_later: later, quote, held_micros: held = 0 }: EntryData["priced"]): Shown {
  const icon = <CircleDollarSign size={ICON} />;
  if (billed === undefined) return { title: "Priced", icon };
  if (quote === undefined) return { title: later === true ? "Is priced when its time comes" : "Costs nothing", icon };
  return {
    title: (
      <>
        Priced at {formatMoney(quote.unit_micros, quote.currency)} a segment
        {held > 0 && <>, {formatMoney(held, quote.currency)} set aside</>}
      </>
    ),
    icon,
    tone: "info",
    children: <QuoteFacts quote={quote} />,
  };
}

function QuoteFacts({ quote }: { readonly quote: Quote }) {
  const fees = Object.entries(quote.carrier_fees_micros ?? {});
  return (
    <Facts
      items={[
        ["Category", quote.category],
        ["Country", quote.country],
        ["Network", quote.network],
        [
          "Carrier fees",
          fees.length === 0
            ? null
            : fees.map(([name, micros]) => `${name} ${formatMoney(micros, quote.currency)}`).join(", "),
        ],
        ["Price table", quote.table_version],
      ]}
    />
  );
}

function moneyLine({ category, usage, usage_unit: unit, attempt, carrier }: EntryData["money"]): string {
  const parts = [category ?? "for the message"];
  if (usage !== undefined && unit !== null && unit !== undefined) parts.push(`${usage} ${unit}`);
  if (attempt !== null && attempt !== undefined) parts.push(`attempt ${attempt}`);
  if (carrier !== null && carrier !== undefined) parts.push(`by ${carrier}`);
  return parts.join(" · ");
}

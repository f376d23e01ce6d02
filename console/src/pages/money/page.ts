import { Wallet } from "lucide-react";
import { definePage } from "../define-page.ts";

export const moneyPage = definePage({
  path: "/money",
  title: "Money",
  group: "Account",
  icon: Wallet,
  permission: "money.read",
  shortcut: "b",
  words: "balance billing spend invoices usage triggers prices credit ledger cost",
  load: () => import("./money-page.tsx"),
});

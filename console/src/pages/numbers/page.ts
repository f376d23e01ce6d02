import { Hash } from "lucide-react";
import { definePage } from "../define-page.ts";

export const numbersPage = definePage({
  path: "/numbers",
  title: "Numbers",
  group: "Messaging",
  icon: Hash,
  permission: "numbers.read",
  shortcut: "n",
  words: "phone numbers buy release senders alphanumeric short codes addresses webhooks inbound",
  load: () => import("./numbers-page.tsx"),
});

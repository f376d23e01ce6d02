import { Scale } from "lucide-react";
import { definePage } from "../define-page.ts";

export const rulesPage = definePage({
  path: "/rules",
  title: "Rules",
  group: "Messaging",
  icon: Scale,
  permission: "rules.read",
  shortcut: "u",
  words:
    "compliance countries geo permissions opt-outs consent quiet hours a2p 10dlc brands campaigns toll-free registration",
  load: () => import("./rules-page.tsx"),
});

import { BellRing } from "lucide-react";
import { definePage } from "../define-page.ts";

export const alertsPage = definePage({
  path: "/alerts",
  title: "Alerts",
  group: "Messaging",
  icon: BellRing,
  permission: "insights.read",
  shortcut: "e",
  words: "alarm threshold burn rate absence notify webhook slo",
  load: () => import("./alerts-page.tsx"),
});

export const alertPage = definePage({
  path: "/alerts/$sid",
  title: "Alert",
  permission: "insights.read",
  load: () => import("./alert-page.tsx"),
});

import { Activity } from "lucide-react";
import { definePage } from "../define-page.ts";

export const overviewPage = definePage({
  path: "/overview",
  title: "Overview",
  group: "Start",
  icon: Activity,
  permission: "insights.read",
  shortcut: "o",
  words: "dashboard live analytics charts latency delivery errors slo",
  load: () => import("./overview-page.tsx"),
});

import { Route } from "lucide-react";
import { definePage } from "../define-page.ts";

export const routesPage = definePage({
  path: "/routes",
  title: "Routes",
  group: "Network",
  icon: Route,
  permission: "routes.read",
  isOperators: true,
  shortcut: "r",
  words: "routing table explain why carrier failover publish rollback diff what if least cost",
  load: () => import("./routes-page.tsx"),
});

import { DatabaseZap } from "lucide-react";
import { definePage } from "../define-page.ts";

export const queriesPage = definePage({
  path: "/queries",
  title: "Questions in SQL",
  group: "Network",
  icon: DatabaseZap,
  permission: "insights.write",
  isOperators: true,
  shortcut: "q",
  words: "query sql duckdb parquet events ad hoc analytics",
  load: () => import("./queries-page.tsx"),
});

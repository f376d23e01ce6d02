import { Boxes } from "lucide-react";
import { definePage } from "../define-page.ts";

export const cellsPage = definePage({
  path: "/cells",
  title: "Cells",
  group: "Network",
  icon: Boxes,
  permission: "cells.read",
  isOperators: true,
  shortcut: "x",
  words: "map regions tiers isolation chaos kill drain move edges control processes",
  load: () => import("./cells-page.tsx"),
});

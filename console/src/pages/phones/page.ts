import { Smartphone } from "lucide-react";
import { definePage } from "../define-page.ts";

export const phonesPage = definePage({
  path: "/phones",
  title: "Phones",
  group: "Start",
  icon: Smartphone,
  permission: "phones",
  feature: "simulator",
  shortcut: "p",
  words: "simulator handset chat demo text sms",
  load: () => import("./phones-page.tsx"),
});

import { Layers } from "lucide-react";
import { definePage } from "../define-page.ts";

export const servicesPage = definePage({
  path: "/services",
  title: "Services",
  group: "Messaging",
  icon: Layers,
  permission: "services.read",
  shortcut: "s",
  words: "messaging services sender pool sticky geomatch opt-out keywords scheduling copilot",
  load: () => import("./services-page.tsx"),
});

export const servicePage = definePage({
  path: "/services/$sid",
  title: "Service",
  permission: "services.read",
  load: () => import("./service-page.tsx"),
});

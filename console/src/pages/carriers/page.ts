import { RadioTower } from "lucide-react";
import { definePage } from "../define-page.ts";

export const carriersPage = definePage({
  path: "/carriers",
  title: "Carriers",
  group: "Network",
  icon: RadioTower,
  permission: "carriers.read",
  isOperators: true,
  shortcut: "c",
  words: "smpp binds window rate health failover breaker aggregator http twilio test chaos black hole",
  load: () => import("./carriers-page.tsx"),
});

export const carrierPage = definePage({
  path: "/carriers/$name",
  title: "Carrier",
  permission: "carriers.read",
  isOperators: true,
  load: () => import("./carrier-page.tsx"),
});

export const addCarrierPage = definePage({
  path: "/add-carrier",
  title: "Add a carrier",
  permission: "carriers.write",
  isOperators: true,
  words: "new carrier smpp http",
  load: () => import("./add-carrier-page.tsx"),
});

export const editCarrierPage = definePage({
  path: "/carriers/$name/edit",
  title: "Edit a carrier",
  permission: "carriers.write",
  isOperators: true,
  load: () => import("./edit-carrier-page.tsx"),
});

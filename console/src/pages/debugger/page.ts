import { Bug } from "lucide-react";
import { definePage } from "../define-page.ts";

export const debuggerPage = definePage({
  path: "/debugger",
  title: "Debugger",
  group: "Messaging",
  icon: Bug,
  permission: "debugger.read",
  shortcut: "d",
  words: "errors alerts webhooks inspector replay requests codes failures",
  load: () => import("./debugger-page.tsx"),
});

import { UserCog } from "lucide-react";
import { definePage } from "../define-page.ts";

export const accountPage = definePage({
  path: "/account",
  title: "Account",
  group: "Account",
  icon: UserCog,
  permission: "self",
  shortcut: "a",
  words: "keys auth token subaccounts users roles sessions password second factor totp audit log proof regions home",
  load: () => import("./account-page.tsx"),
});

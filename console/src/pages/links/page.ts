import { Link2 } from "lucide-react";
import { definePage } from "../define-page.ts";

export const linksPage = definePage({
  path: "/links",
  title: "Links",
  group: "Messaging",
  icon: Link2,
  permission: "links.read",
  shortcut: "l",
  words: "short links shortening clicks qr code domains analytics utm",
  load: () => import("./links-page.tsx"),
});

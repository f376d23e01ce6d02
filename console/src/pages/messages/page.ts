import { MessagesSquare } from "lucide-react";
import { definePage } from "../define-page.ts";

export const messagesPage = definePage({
  path: "/messages",
  title: "Messages",
  group: "Messaging",
  icon: MessagesSquare,
  permission: "messages.read",
  shortcut: "m",
  words: "sms mms texts live history send timeline log",
  load: () => import("./messages-page.tsx"),
});

export const messagePage = definePage({
  path: "/messages/$sid",
  title: "Message",
  permission: "messages.read",
  load: () => import("./message-page.tsx"),
});

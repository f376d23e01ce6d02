/** The port to a mail server. */
export type { Mail, MailSender } from "./ports.ts";

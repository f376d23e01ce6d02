export { smtpMailSender, type SmtpOptions } from "./smtp-mail-sender.ts";

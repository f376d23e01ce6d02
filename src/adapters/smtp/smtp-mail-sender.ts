import { createTransport } from "nodemailer";
import type { Mail, MailSender } from "../../platform/mail/index.ts";

/** Which mail server, and who writes. */
export interface SmtpOptions {
  /** `smtp://` (with STARTTLS where the server has it) or `smtps://`; user and password as in any URL. */
  readonly url: string;
  /** The address that mails come from. */
  readonly from: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;
const MAX_SUBJECT_CHARACTERS = 200;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
// oxlint-disable-next-line no-control-regex -- these must not get into a header
const CONTROLS = /[\u0000-\u001f\u007f]+/g;

/** Mails by SMTP (RFC 5321), a connection for each: alerts are few. Credentials are never sent in the clear to another machine. */
export function smtpMailSender({ url, from }: SmtpOptions): MailSender {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isTls = protocol === "smtps:";
  const hasCredentials = username !== "";
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (isTls ? 465 : 587) : Number(port),
    secure: isTls,
    requireTLS: !isTls && hasCredentials && !LOOPBACK.has(hostname),
    ...(hasCredentials ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, id }: Mail) {
      await transport.sendMail({
        from,
        to: { name: "", address: to },
        subject: subject.replace(CONTROLS, " ").slice(0, MAX_SUBJECT_CHARACTERS),
        text,
        messageId: `<${id.replace(/[^A-Za-z0-9]+/g, ".")}@${from.slice(from.lastIndexOf("@") + 1)}>`,
        // Nobody's holiday notice should answer a machine (RFC 3834 §5).
        headers: { "Auto-Submitted": "auto-generated" },
      });
    },
    close() {
      transport.close();
      return Promise.resolve();
    },
  };
}

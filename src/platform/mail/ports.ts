/** A mail in plain text. */
export interface Mail {
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** Unique for ever; part of the `Message-ID`, so that mail programs show a repeated mail once (RFC 5322 §3.6.4). */
  readonly id: string;
}

/** Sends mails. */
export interface MailSender {
  /** Resolves when the mail server has taken it. Rejects otherwise; then it may have been taken all the same. */
  send(mail: Mail): Promise<void>;
  close(): Promise<void>;
}

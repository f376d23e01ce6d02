/** What a process of the system tells its supervisor once it serves. */
export interface ReadyReport {
  readonly kind: "ready";
  readonly name: string;
  readonly baseUrl: string;
  readonly tlsUrl?: string | undefined;
  /** Of the cell in which the operator is at home. */
  readonly account?: { readonly accountSid: string; readonly authToken: string } | undefined;
  readonly from?: string | undefined;
  readonly smppPort?: number | undefined;
  readonly smppTlsPort?: number | undefined;
}

/** Tells the supervisor, where there is one. */
export function reportReady(report: ReadyReport): void {
  process.send?.(report);
}

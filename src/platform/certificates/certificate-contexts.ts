import { createSecureContext, type SecureContext } from "node:tls";
import { normalizeHost } from "../hosts/index.ts";
import type { Logger, ServerCertificate } from "../ports.ts";
import type { CertificateStore } from "./ports.ts";

/** Contexts kept; making one anew costs half a millisecond. The one unused for longest goes first. */
const MAX_CONTEXTS = 1_000;

interface Made {
  readonly certificate: ServerCertificate;
  readonly context: SecureContext;
}

/**
 * What a TLS server needs to show the certificates of a store, for its `SNICallback`. To be
 * asked before the local authority, which answers for all other names.
 */
export class CertificateContexts {
  private readonly store: CertificateStore;
  private readonly logger: Logger;
  private readonly contexts = new Map<string, Made>();

  constructor(store: CertificateStore, logger: Logger) {
    this.store = store;
    this.logger = logger;
  }

  /** The context for a name that a client asks for; `undefined` where the store has no certificate for it. */
  contextFor(name: string): SecureContext | undefined {
    const host = normalizeHost(name);
    const certificate = host === undefined ? undefined : this.store.certificateOf(host);
    if (host === undefined || certificate === undefined) return undefined;
    const known = this.contexts.get(host);
    if (known?.certificate === certificate) {
      this.contexts.delete(host);
      this.contexts.set(host, known);
      return known.context;
    }
    try {
      const context = createSecureContext({ cert: certificate.cert, key: certificate.key });
      this.contexts.set(host, { certificate, context });
      if (this.contexts.size > MAX_CONTEXTS) this.contexts.delete(this.contexts.keys().next().value ?? "");
      return context;
    } catch (error) {
      // It was read and judged when it came, so this is a TLS library of another mind.
      this.logger.warn("certificates.unusable", { host, reason: String(error) });
      return undefined;
    }
  }
}

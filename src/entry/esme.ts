import { readFileSync, statSync } from "node:fs";
import { systemRandomBytes } from "../adapters/system/index.ts";
import type { AccountsModule } from "../modules/accounts/index.ts";
import { esmeModule, type EsmeModule } from "../modules/esme/index.ts";
import type { MessagingModule } from "../modules/messaging/index.ts";
import type { Metrics } from "../platform/metrics/index.ts";
import type { Clock, Database, Logger, Net, ServerCertificate } from "../platform/ports.ts";
import type { SecretBox } from "../platform/secrets/index.ts";
import type { ProgramSettings } from "./carriers.ts";

export interface EsmeParts {
  readonly settings: ProgramSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly secrets: SecretBox;
  readonly accounts: Pick<AccountsModule, "authenticator" | "directory">;
  /** The cell's messaging, which is made after this. */
  readonly messaging: () => MessagingModule;
}

const HOUR_MS = 3_600_000;

/** SMPP for customers, as configured. It listens when it is started, where a port is set. */
export function makeEsme(parts: EsmeParts): EsmeModule {
  const { settings, accounts } = parts;
  const { smpp } = settings;
  const { tlsKey, tlsCertificate } = smpp;
  const isWanted = smpp.port !== undefined || smpp.tlsPort !== undefined;
  return esmeModule({
    database: parts.database,
    clock: parts.clock,
    net: parts.net,
    logger: parts.logger,
    mintSid: parts.mintSid,
    randomBytes: systemRandomBytes,
    secrets: parts.secrets,
    authenticator: accounts.authenticator,
    accounts: accounts.directory,
    messaging: () => parts.messaging().deps,
    maxBindsPerAccount: smpp.maxBindsPerAccount,
    limits: { fallbackAfterMs: smpp.fallbackAfterSeconds * 1_000, maxAgeMs: smpp.keepHours * HOUR_MS },
    server: isWanted
      ? {
          host: settings.host,
          port: smpp.port,
          tlsPort: smpp.tlsPort,
          certificate:
            tlsKey === undefined || tlsCertificate === undefined ? undefined : certificateFiles(tlsKey, tlsCertificate),
          systemId: smpp.systemId,
          maxConnections: smpp.maxConnections,
          enquireLinkMs: smpp.enquireLinkSeconds * 1_000,
          inactivityMs: smpp.inactivitySeconds * 1_000,
          responseMs: RESPONSE_MS,
        }
      : undefined,
  });
}

/** Registers what the operator is shown of the customers' sessions. */
export function watchEsme(metrics: Metrics, esme: EsmeModule): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const series = metrics.gauge({ name, help }, () => series.with({}).set(read()));
  };
  gauge("trunkline_smpp_sessions", "Bound sessions of customers.", () => esme.status().sessions.length);
  gauge(
    "trunkline_smpp_deliveries_waiting",
    "Receipts and texts that no bind has acknowledged yet.",
    () => esme.status().waiting,
  );
  gauge(
    "trunkline_smpp_open_parts",
    "Long messages of customers whose parts are not all there.",
    () => esme.status().openParts,
  );
}

/** How long a client may take to answer, and to read what it is sent. */
const RESPONSE_MS = 30_000;

/** The certificate in two files, read again when one of them has changed. Throws where they cannot be read. */
function certificateFiles(keyPath: string, certificatePath: string): () => ServerCertificate {
  let known: { readonly stamp: string; readonly certificate: ServerCertificate } | undefined;
  return () => {
    const stamp = `${statSync(keyPath).mtimeMs} ${statSync(certificatePath).mtimeMs}`;
    if (known?.stamp !== stamp) {
      const certificate = { key: readFileSync(keyPath, "utf8"), cert: readFileSync(certificatePath, "utf8") };
      known = { stamp, certificate };
    }
    return known.certificate;
  };
}

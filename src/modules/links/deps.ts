import type { Cell } from "../../platform/cell/index.ts";
import type { CertificateIssuer, OpenChallenges } from "../../platform/certificates/index.ts";
import type {
  CountryOfAddress,
  DnsTexts,
  FetchText,
  LinkCodes,
  LinkIndex,
  QrCodes,
} from "../../platform/links/index.ts";
import type { Clock, Database, Logger, Net, RandomBytes } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { DomainBook } from "./domains/index.ts";
import type { LinkBook } from "./link-book.ts";
import type { LinkState } from "./link-state.ts";

/** How an account proves that a domain is its own. */
export type OwnershipProof =
  /** By a TXT record or a file on the site. */
  | "required"
  /** Not at all: for one machine, where every account is the same person's. */
  | "waived";

/** What the operator decides about link domains. */
export interface DomainRules {
  readonly ownership: OwnershipProof;
  /** Hosts that no account may have: those under which the API and the console are reached. Lower case. */
  readonly reservedHosts: readonly string[];
  /** Names or addresses to which link domains must lead; where there are none, any address will do. */
  readonly targets: readonly string[];
  /** Whether links need a certificate of ours; not where TLS is taken off in front of this installation. */
  readonly needsCertificates: boolean;
  readonly allowSelfSigned: boolean;
}

/** What the operations of this module work with. */
export interface LinkDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly net: Pick<Net, "resolve">;
  readonly secrets: SecretBox;
  readonly randomBytes: RandomBytes;
  readonly mintSid: (prefix: string) => string;
  readonly cell: () => Cell;
  /** 1 to 4,095; 0 where there is one cell only. */
  readonly cellNumber: number;
  readonly codes: LinkCodes;
  readonly index: LinkIndex;
  readonly state: LinkState;
  readonly book: LinkBook;
  readonly domains: DomainBook;
  readonly rules: DomainRules;
  readonly dns: DnsTexts;
  readonly fetchText: FetchText;
  readonly qrCodes: QrCodes;
  readonly countryOf: CountryOfAddress;
  readonly issuer: CertificateIssuer | undefined;
  readonly challenges: OpenChallenges;
  readonly isOperator: (accountSid: string) => boolean;
  /** Whether an account is at home in another cell now. */
  readonly hasMoved: (accountSid: string) => boolean;
  /** Whether an account has a messaging service. */
  readonly isService: (accountSid: string, serviceSid: string) => boolean;
}

/** Certificates for single names, given by customers or obtained by RFC 8555: reading, judging, showing. */
export { CertificateContexts } from "./certificate-contexts.ts";
export { CHALLENGE_PREFIX, OpenChallenges } from "./challenges.ts";
export type { CertificateIssuer, CertificateStore, ChallengeBoard, IssuerKeyStore } from "./ports.ts";
export {
  MAX_PEM_CHARACTERS,
  readCertificate,
  type CertificateDemands,
  type CertificateProblem,
  type ReadCertificate,
} from "./read-certificate.ts";

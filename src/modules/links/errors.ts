import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Public errors of links, numbered as Twilio numbers those of its Link Shortening. */
export const linkErrors = {
  domainNotVerified: callerError(30101, 400, "The link domain {domain} is not verified."),
  certificateExpired: callerError(30102, 400, "The certificate of the link domain {domain} has expired."),
  noDomain: callerError(30106, 400, "No link domain has been set up for the Messaging Service {service}."),
  noCertificate: callerError(30107, 400, "The link domain {domain} has no certificate."),
  callbackInvalid: callerError(30109, 400, "The CallbackUrl is not valid: {reason}."),
  domainBlocked: callerError(30110, 400, "The link domain {domain} is blocked."),
  urlBlocked: callerError(30111, 400, "The URL leads to {host}, which is blocked."),
  certificateMissing: callerError(30116, 400, "TlsCert must hold a certificate and its private key, both as PEM."),
  certificateUnreadable: callerError(30117, 400, "The certificate cannot be parsed."),
  keyInvalid: callerError(30118, 400, "The private key is not valid: {reason}."),
  pairInvalid: callerError(30119, 400, "The certificate and the private key do not belong together."),
  fallbackInvalid: callerError(30122, 400, "The FallbackUrl is not valid: {reason}."),
  serviceInvalid: callerError(30127, 400, "There is no Messaging Service {service} in this account."),
  selfSigned: callerError(30129, 400, "The certificate is self-signed."),
  serviceTaken: callerError(30130, 409, "The Messaging Service {service} belongs to another link domain."),
  certificateUnfit: callerError(30117, 400, "The certificate cannot be used for {domain}: {reason}."),
  certificateTooOld: callerError(30102, 400, "The certificate has expired."),

  nameInvalid: callerError(20001, 400, "{name} cannot be a link domain: {reason}."),
  nameTaken: callerError(20409, 409, "The link domain {name} is set up already."),
  tooManyDomains: callerError(20001, 400, "An account may have at most {max} link domains."),
  tooManyServices: callerError(20001, 400, "A link domain may have at most {max} Messaging Services."),
  domainInUse: callerError(20409, 409, "The link domain still has {links} links; disable or delete them first."),
  urlInvalid: callerError(20001, 400, "The URL cannot be linked to: {reason}."),
  slugInvalid: callerError(20001, 400, "The slug cannot be used: {reason}."),
  slugTaken: callerError(20409, 409, "The slug {slug} is taken on {domain}."),
  domainRequired: callerError(20001, 400, "Name one of your verified link domains in Domain."),
  linkInvalid: callerError(20001, 400, "The link is not valid: {reason}."),
  bulkInvalid: callerError(20001, 400, "The body must be a JSON object with links, a list of 1 to {max} objects."),
  changedMeanwhile: {
    code: 20409,
    status: 409,
    fault: "caller",
    retry: "later",
    message: "The link was changed by another request meanwhile.",
  } satisfies ErrorSpec,
  issuerAbsent: callerError(20001, 400, "This installation obtains no certificates: no authority is configured."),
  issuerFailed: {
    code: 20503,
    status: 503,
    fault: "upstream",
    retry: "later",
    message: "The certificate authority did not give a certificate. Look at the alerts of the account.",
  } satisfies ErrorSpec,
} as const;

/** Codes that are told in the debugger log and never thrown. */
export const linkAlerts = {
  missedToFallback: 30104,
  missed: 30105,
  expiresSoon: 30131,
  notObtained: 30107,
} as const;

import type { AppError } from "../../../kernel/errors.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { boolean, defineRoute, text, url, type JsonObject, type Route } from "../../../platform/http/index.ts";
import type { LinkDeps } from "../deps.ts";
import { linkErrors } from "../errors.ts";
import { dropCertificate, giveCertificate, requestCertificate } from "./change-certificate.ts";
import { configureDomain, giveService, takeService } from "./change-config.ts";
import type { CertificateKeeper } from "./certificate-keeper.ts";
import type { DomainCertificate, DomainConfig, LinkDomain } from "./domain.ts";
import { validateDns } from "./verify-domain.ts";

const common = { product: "messaging", tag: "Link shortening", access: "account" } as const;
const DOMAIN = "/v1/LinkShortening/Domains/{DomainSid}";
/** The longest PEM that is taken, percent-encoded in a form. */
const MAX_CERTIFICATE_OCTETS = 262_144;
const MAX_CERTIFICATE_CHARACTERS = 65_536;

/** `LinkShortening/…` of the messaging product, as Twilio has them. */
export function linkShorteningRoutes(deps: LinkDeps, keeper: CertificateKeeper): Route[] {
  return [
    ...certificateRoutes(deps),
    managedCertificateRoute(deps, keeper),
    ...configRoutes(deps),
    ...serviceRoutes(deps),
    dnsRoute(deps),
  ];
}

/** The caller's domain of a path. */
function domainOf(
  { domains }: LinkDeps,
  call: { readonly accountSid: string; readonly path: { readonly DomainSid: string }; notFound(): AppError },
): LinkDomain {
  const domain = domains.ofAccount(call.accountSid, call.path.DomainSid);
  if (domain === undefined) throw call.notFound();
  return domain;
}

function certificateRoutes(deps: LinkDeps): Route[] {
  const path = `${DOMAIN}/Certificate` as const;
  return [
    defineRoute({
      ...common,
      method: "POST",
      path,
      operationId: "UpdateDomainCertV4",
      summary: "Give a certificate with its chain and private key for a link domain",
      success: 201,
      maxBodyOctets: MAX_CERTIFICATE_OCTETS,
      errors: [
        linkErrors.certificateUnreadable,
        linkErrors.keyInvalid,
        linkErrors.pairInvalid,
        linkErrors.selfSigned,
        linkErrors.certificateTooOld,
        linkErrors.certificateUnfit,
      ],
      parameters: {
        TlsCert: text({
          required: true,
          maxCharacters: MAX_CERTIFICATE_CHARACTERS,
          missing: linkErrors.certificateMissing,
          summary: "Certificate, chain and private key, all as PEM.",
        }),
      },
      run: (call) => {
        const domain = domainOf(deps, call);
        if ((domain.certificate?.cert ?? "") !== "") call.status = 200;
        return giveCertificate(deps, domain, call.params.TlsCert);
      },
      view: (domain, call) => viewCertificate(domain, call, 1),
    }),
    ...([1, 2] as const).map((version) =>
      defineRoute({
        ...common,
        method: "GET",
        path: version === 1 ? path : "/v2/LinkShortening/Domains/{DomainSid}/Certificate",
        operationId: version === 1 ? "FetchDomainCertV4" : "FetchDomainCertV4V2",
        summary: "Fetch what is known of a link domain's certificate",
        success: 200,
        run: (call) => {
          const domain = domainOf(deps, call);
          if (domain.certificate === undefined) throw call.notFound();
          return domain;
        },
        view: (domain, call) => viewCertificate(domain, call, version),
      }),
    ),
    defineRoute({
      ...common,
      method: "DELETE",
      path,
      operationId: "DeleteDomainCertV4",
      summary: "Take the certificate of a link domain away",
      success: 204,
      run: (call) => {
        const domain = domainOf(deps, call);
        if (domain.certificate === undefined) throw call.notFound();
        return dropCertificate(deps, domain);
      },
    }),
  ];
}

const dateOf = (ms: number | undefined): string | null => (ms === undefined ? null : iso8601(ms));

function viewCertificate(domain: LinkDomain, call: { readonly baseUrl: string }, version: 1 | 2): JsonObject {
  const { certificate, sid } = domain;
  return {
    ...certificateFields(domain, certificate),
    url: `${call.baseUrl}/v${version}/LinkShortening/Domains/${sid}/Certificate`,
    // Certificates are judged before they are taken, so none is ever in validation.
    cert_in_validation: null,
    ...(version === 1
      ? {}
      : { managed: certificate?.isManaged ?? false, requesting: certificate?.requestedMs !== undefined }),
  };
}

function certificateFields({ sid, name }: LinkDomain, certificate: DomainCertificate | undefined): JsonObject {
  return {
    certificate_sid: certificate?.sid ?? null,
    domain_name: `https://${name}`,
    domain_sid: sid,
    date_expires: dateOf(certificate?.expiresMs),
    date_created: dateOf(certificate?.createdMs),
    date_updated: dateOf(certificate?.updatedMs),
  };
}

function managedCertificateRoute(deps: LinkDeps, keeper: CertificateKeeper): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${DOMAIN}/RequestManagedCert`,
    operationId: "UpdateRequestManagedCert",
    summary: "Have a certificate obtained and renewed for a link domain",
    success: 201,
    errors: [linkErrors.issuerAbsent, linkErrors.domainNotVerified],
    run: async (call) => {
      const domain = domainOf(deps, call);
      if (domain.certificate !== undefined) call.status = 200;
      const requested = await requestCertificate(deps, domain);
      keeper.forgive(requested);
      return requested;
    },
    view: (domain, call) => ({
      ...certificateFields(domain, domain.certificate),
      url: `${call.baseUrl}/v1/LinkShortening/Domains/${domain.sid}/RequestManagedCert`,
      managed: true,
      requesting: true,
    }),
  });
}

function configRoutes(deps: LinkDeps): Route[] {
  const path = `${DOMAIN}/Config` as const;
  const view = (domain: LinkDomain, call: { readonly baseUrl: string }): JsonObject => ({
    ...configFields(domain),
    disable_https: domain.config?.disableHttps ?? false,
    url: `${call.baseUrl}/v1/LinkShortening/Domains/${domain.sid}/Config`,
  });
  return [
    defineRoute({
      ...common,
      method: "POST",
      path,
      operationId: "UpdateDomainConfig",
      summary: "Set where clicks are told and where unknown links of a domain lead",
      success: 201,
      parameters: {
        FallbackUrl: url({
          invalid: linkErrors.fallbackInvalid,
          summary: "Where links lead that are not there or have ended.",
        }),
        CallbackUrl: url({ invalid: linkErrors.callbackInvalid, summary: "Told of every click with a POST." }),
        ContinueOnFailure: boolean({ summary: "Send messages with their long URLs where links cannot be made." }),
        DisableHttps: boolean({ summary: "Leave “https://” out of the texts." }),
      },
      run: (call) => {
        const domain = domainOf(deps, call);
        if (domain.config !== undefined) call.status = 200;
        const { FallbackUrl, CallbackUrl, ContinueOnFailure, DisableHttps } = call.params;
        return configureDomain(deps, domain, {
          fallbackUrl: FallbackUrl,
          callbackUrl: CallbackUrl,
          continueOnFailure: ContinueOnFailure,
          disableHttps: DisableHttps,
        });
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "GET",
      path,
      operationId: "FetchDomainConfig",
      summary: "Fetch what is set on a link domain",
      success: 200,
      run: (call) => {
        const domain = domainOf(deps, call);
        if (domain.config === undefined) throw call.notFound();
        return domain;
      },
      view,
    }),
  ];
}

function configFields({ sid, config }: LinkDomain): JsonObject {
  const urlOf = (set: keyof Pick<DomainConfig, "fallbackUrl" | "callbackUrl">): string | null =>
    config === undefined || config[set] === "" ? null : config[set];
  return {
    domain_sid: sid,
    config_sid: config?.sid ?? null,
    fallback_url: urlOf("fallbackUrl"),
    callback_url: urlOf("callbackUrl"),
    continue_on_failure: config?.continueOnFailure ?? false,
    date_created: dateOf(config?.createdMs),
    date_updated: dateOf(config?.updatedMs),
  };
}

function serviceRoutes(deps: LinkDeps): Route[] {
  const path = `${DOMAIN}/MessagingServices/{MessagingServiceSid}` as const;
  const ofService = (call: {
    readonly accountSid: string;
    readonly path: { readonly MessagingServiceSid: string };
    notFound(): AppError;
  }): LinkDomain => {
    const domain = deps.domains.ofService(call.accountSid, call.path.MessagingServiceSid);
    if (domain === undefined) throw call.notFound();
    return domain;
  };
  return [
    defineRoute({
      ...common,
      method: "POST",
      path,
      operationId: "CreateLinkshorteningMessagingService",
      summary: "Make a messaging service use a link domain",
      success: 201,
      errors: [linkErrors.serviceInvalid, linkErrors.serviceTaken],
      run: (call) => giveService(deps, domainOf(deps, call), call.path.MessagingServiceSid),
      view: (domain, call) => ({
        domain_sid: domain.sid,
        messaging_service_sid: call.path.MessagingServiceSid,
        url: `${call.baseUrl}/v1/LinkShortening/Domains/${domain.sid}/MessagingServices/${call.path.MessagingServiceSid}`,
      }),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path,
      operationId: "DeleteLinkshorteningMessagingService",
      summary: "Make a messaging service use its link domain no more",
      success: 204,
      run: async (call) => {
        if (!(await takeService(deps, domainOf(deps, call), call.path.MessagingServiceSid))) throw call.notFound();
      },
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: "/v1/LinkShortening/MessagingServices/{MessagingServiceSid}/Domain",
      operationId: "FetchLinkshorteningMessagingServiceDomainAssociation",
      summary: "Fetch which link domain a messaging service uses",
      success: 200,
      run: ofService,
      view: (domain, call) => ({
        domain_sid: domain.sid,
        messaging_service_sid: call.path.MessagingServiceSid,
        url: `${call.baseUrl}/v1/LinkShortening/MessagingServices/${call.path.MessagingServiceSid}/Domain`,
      }),
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: "/v1/LinkShortening/MessagingService/{MessagingServiceSid}/DomainConfig",
      operationId: "FetchDomainConfigMessagingService",
      summary: "Fetch what is set on the link domain of a messaging service",
      success: 200,
      run: ofService,
      view: (domain, call) => ({
        ...configFields(domain),
        messaging_service_sid: call.path.MessagingServiceSid,
        url: `${call.baseUrl}/v1/LinkShortening/MessagingService/${call.path.MessagingServiceSid}/DomainConfig`,
      }),
    }),
  ];
}

function dnsRoute(deps: LinkDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${DOMAIN}/ValidateDns`,
    operationId: "FetchDomainDnsValidation",
    summary: "Look whether a link domain's name leads here",
    success: 200,
    run: async (call) => {
      const domain = domainOf(deps, call);
      return { domain, found: await validateDns(deps, domain) };
    },
    view: ({ domain, found }, call) => ({
      domain_sid: domain.sid,
      is_valid: found.isValid,
      reason: found.reason,
      url: `${call.baseUrl}/v1/LinkShortening/Domains/${domain.sid}/ValidateDns`,
    }),
  });
}

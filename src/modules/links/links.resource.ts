import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  dateTime,
  defineContentRoute,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  list,
  pageBySid,
  sid,
  text,
  url,
  type Route,
} from "../../platform/http/index.ts";
import { readAnalytics } from "./analytics.ts";
import { changeLink, removeLink } from "./change-link.ts";
import {
  createLinks,
  MAX_PASSWORD_CHARACTERS,
  MAX_TAG_CHARACTERS,
  MAX_TAGS,
  MAX_TITLE_CHARACTERS,
} from "./create-links.ts";
import type { LinkDeps } from "./deps.ts";
import { linkErrors } from "./errors.ts";
import type { Link } from "./link.ts";
import { fullUrl, LINKS_PATH, viewLink } from "./link.view.ts";
import { findLinkBySid, listLinks } from "./link.store.ts";

const common = { product: "api", tag: "Links", access: "account" } as const;
const ITEM = "/trunkline/v1/Links/{Sid}";
const MAX_SLUG_CHARACTERS = 64;
const MAX_DOMAIN_CHARACTERS = 253;
const MIN_QR_PX = 64;
const MAX_QR_PX = 2_048;

/** `Links`: short links beside those that messages make. */
export function linkRoutes(deps: LinkDeps): Route[] {
  return [listRoute(deps), createRoute(deps), ...itemRoutes(deps), qrCodeRoute(deps), analyticsRoute(deps)];
}

const titleOf = () => text({ maxCharacters: MAX_TITLE_CHARACTERS, summary: "For yourself." });
const passwordOf = () =>
  text({ maxCharacters: MAX_PASSWORD_CHARACTERS, summary: "Asked for before the link leads on; not shown again." });
const tagsOf = () =>
  list({
    of: text({ maxCharacters: MAX_TAG_CHARACTERS }),
    maxCount: MAX_TAGS,
    summary: "For yourself; lists can be filtered by them.",
  });
const expiresOf = () => dateTime({ summary: "From then on it leads to the fallback URL, or nowhere." });

function createRoute(deps: LinkDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LINKS_PATH,
    operationId: "CreateLink",
    summary: "Make a short link",
    success: 201,
    creates: true,
    errors: [
      linkErrors.urlInvalid,
      linkErrors.urlBlocked,
      linkErrors.slugInvalid,
      linkErrors.slugTaken,
      linkErrors.domainRequired,
      linkErrors.domainNotVerified,
      linkErrors.domainBlocked,
      linkErrors.certificateExpired,
      linkErrors.noCertificate,
    ],
    parameters: {
      TargetUrl: url({ required: true, summary: "Where it leads." }),
      DomainName: text({
        maxCharacters: MAX_DOMAIN_CHARACTERS,
        summary: "One of your link domains; may be left out where you have one.",
      }),
      Slug: text({ maxCharacters: MAX_SLUG_CHARACTERS, summary: "In place of a code of ten characters." }),
      DateExpires: expiresOf(),
      Password: passwordOf(),
      Title: titleOf(),
      Tag: tagsOf(),
      Permanent: boolean({ summary: "Redirect with 301 rather than 302." }),
    },
    run: async ({ accountSid, params }) => {
      const [outcome] = await createLinks(deps, accountSid, [
        {
          url: params.TargetUrl,
          domain: emptyAsAbsent(params.DomainName),
          slug: emptyAsAbsent(params.Slug),
          expiresAtMs: params.DateExpires ?? 0,
          password: params.Password,
          title: params.Title,
          tags: params.Tag,
          isPermanent: params.Permanent ?? false,
        },
      ]);
      if (outcome === undefined || outcome instanceof AppError) throw outcome ?? new AppError(linkErrors.linkInvalid);
      return outcome;
    },
    view: (link, call) => viewLink(link, call.baseUrl),
  });
}

const emptyAsAbsent = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

function listRoute(deps: LinkDeps): Route {
  return defineListRoute({
    ...common,
    path: LINKS_PATH,
    operationId: "ListLink",
    summary: "List your links, newest first, those of messages too",
    collection: "links",
    parameters: {
      DomainName: text({ maxCharacters: MAX_DOMAIN_CHARACTERS, summary: "Only those on this domain." }),
      Tag: text({ maxCharacters: MAX_TAG_CHARACTERS, summary: "Only those with this tag." }),
      MessageSid: sid({ prefix: ["SM", "MM"], summary: "Only those of this message." }),
    },
    page: ({ call: { accountSid, params }, ...asked }) => {
      const filter = {
        accountSid,
        domain: emptyAsAbsent(params.DomainName)?.toLowerCase(),
        tag: emptyAsAbsent(params.Tag),
        messageSid: emptyAsAbsent(params.MessageSid),
      };
      return pageBySid(asked, (slice) => listLinks(deps, filter, slice));
    },
    view: (link, call) => viewLink(link, call.baseUrl),
  });
}

/** The caller's link of a path. */
async function linkOf(
  deps: LinkDeps,
  call: { readonly accountSid: string; readonly path: { readonly Sid: string }; notFound(): AppError },
): Promise<Link> {
  const found = await findLinkBySid(deps, targetOf(call));
  if (found === undefined || found.isAway === true) throw call.notFound();
  return found;
}

/** Whose link a path names. What is no SID of a link cannot be looked for. */
function targetOf(call: {
  readonly accountSid: string;
  readonly path: { readonly Sid: string };
  notFound(): AppError;
}): { readonly accountSid: string; readonly sid: string } {
  if (!/^LK[0-9a-f]{32}$/.test(call.path.Sid)) throw call.notFound();
  return { accountSid: call.accountSid, sid: call.path.Sid };
}

function itemRoutes(deps: LinkDeps): Route[] {
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchLink",
      summary: "Fetch a link",
      success: 200,
      run: (call) => linkOf(deps, call),
      view: (link, call) => viewLink(link, call.baseUrl),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: ITEM,
      operationId: "UpdateLink",
      summary: "Change a link, or disable it",
      success: 200,
      errors: [linkErrors.urlInvalid, linkErrors.urlBlocked, linkErrors.changedMeanwhile],
      parameters: {
        TargetUrl: url({ summary: "Where it leads from now on." }),
        Status: enumeration({ values: ["active", "disabled"], summary: "A disabled link leads nowhere." }),
        DateExpires: expiresOf(),
        NeverExpires: boolean({ summary: "Takes the date away." }),
        Password: passwordOf(),
        Title: titleOf(),
        Tag: tagsOf(),
        Permanent: boolean({ summary: "Redirect with 301 rather than 302." }),
      },
      run: async (call) => {
        const { params } = call;
        const changed = await changeLink(deps, targetOf(call), {
          url: emptyAsAbsent(params.TargetUrl),
          status: params.Status,
          expiresAtMs: params.NeverExpires === true ? 0 : params.DateExpires,
          password: params.Password,
          title: params.Title,
          tags: params.Tag.length === 0 ? undefined : params.Tag,
          isPermanent: params.Permanent,
        });
        if (changed === undefined) throw call.notFound();
        return changed;
      },
      view: (link, call) => viewLink(link, call.baseUrl),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteLink",
      summary: "Delete a link; its code is not given out again",
      success: 204,
      errors: [linkErrors.changedMeanwhile],
      run: async (call) => {
        if (!(await removeLink(deps, targetOf(call)))) throw call.notFound();
      },
    }),
  ];
}

function qrCodeRoute(deps: LinkDeps): Route {
  return defineContentRoute({
    ...common,
    method: "GET",
    path: `${ITEM}/QrCode`,
    operationId: "FetchLinkQrCode",
    summary: "Fetch a QR code of a link, as SVG or PNG",
    parameters: {
      Format: enumeration({ values: ["svg", "png"], default: "svg", summary: "What kind of picture." }),
      Size: integer({ min: MIN_QR_PX, max: MAX_QR_PX, default: 512, summary: "Its edge in pixels." }),
    },
    run: async (call) => {
      const link = await linkOf(deps, call);
      const { Format, Size } = call.params;
      const isPng = Format === "png";
      const body = isPng ? await deps.qrCodes.png(fullUrl(link), Size) : await deps.qrCodes.svg(fullUrl(link), Size);
      const type = isPng ? "image/png" : "image/svg+xml";
      return {
        status: 200,
        headers: ["Content-Type", type, "Cache-Control", "private, max-age=86400", "X-Content-Type-Options", "nosniff"],
        body,
      };
    },
  });
}

function analyticsRoute(deps: LinkDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${ITEM}/Analytics`,
    operationId: "FetchLinkAnalytics",
    summary: "Fetch how often a link was clicked: by hour or day, country, referrer, device, browser and system",
    success: 200,
    parameters: {
      StartDate: dateTime({ summary: "From this moment on; 30 days before the end where left out." }),
      EndDate: dateTime({ summary: "Before this moment; now where left out." }),
      Granularity: enumeration({ values: ["hour", "day"], default: "day", summary: "Of the series, in UTC." }),
    },
    run: async (call) => {
      const link = await linkOf(deps, call);
      const { StartDate, EndDate, Granularity } = call.params;
      return readAnalytics(deps, link, { fromMs: StartDate, untilMs: EndDate, granularity: Granularity });
    },
    view: (analytics, call) => ({ ...analytics, url: `${call.baseUrl}${LINKS_PATH}/${call.path.Sid}/Analytics` }),
  });
}

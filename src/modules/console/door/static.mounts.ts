import { AppError } from "../../../kernel/errors.ts";
import type { StaticFile } from "../../../platform/console/index.ts";
import { isVendorHost } from "../../../platform/hosts/index.ts";
import { headerOf, NOT_FOUND, type HttpResponse, type Mount, type MountCall } from "../../../platform/http/index.ts";
import { FILE_HEADERS, pageHeaders } from "./answer-headers.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { originOf } from "./origin.ts";

const NONCE_OCTETS = 18;
/** Where the page says what stands for the nonce in it. */
const NONCE_MARK = /<meta property="csp-nonce" content="([A-Za-z0-9_{}-]{4,40})"/;
const ASSETS = "assets/";
const NEVER_PAGES = /\.(?:js|mjs|css|map|png|jpg|svg|ico|webp|woff2|json|txt|xml|webmanifest)$/;
/** Below these, nothing is a page. */
const OTHERS = /^(?:api|live)(?:\/|$)/;
const YEAR = "public, max-age=31536000, immutable";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  json: "application/json",
  map: "application/json",
  webmanifest: "application/manifest+json",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  ico: "image/x-icon",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
};

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Trunkline</title>
<h1>The console is not built</h1>
<p>Run <code>npm run build</code> where Trunkline was installed, and load this page again.</p>
</html>
`;

/** What a browser loads: the files of the build, and its one page for every other path. */
export function staticMounts(options: ConsoleDoorOptions): Mount[] {
  return [
    { method: "GET", path: "/", access: "public", run: (call) => welcome(call) },
    { method: "GET", path: "/console", access: "public", run: () => redirect() },
    { method: "GET", path: "/console/{path*}", access: "public", run: (call) => answer(options, call) },
  ];
}

/** Somebody who opens the address of the system in a browser wants to see it; whoever names a host of the API gets what there is there. */
function welcome({ request }: MountCall): HttpResponse {
  const isPage = /\btext\/html\b/.test(headerOf(request.headers, "accept") ?? "");
  const host = originOf(request)
    .replace(/^https?:\/\//, "")
    .replace(/:\d+$/, "");
  if (!isPage || isVendorHost(host)) throw new AppError(NOT_FOUND, { resource: "/" });
  return redirect();
}

function redirect(): HttpResponse {
  return { status: 302, headers: ["Location", "/console/", "Cache-Control", "no-store"], body: "" };
}

async function answer(options: ConsoleDoorOptions, { request, path }: MountCall): Promise<HttpResponse> {
  const wanted = path["path"] ?? "";
  if (OTHERS.test(wanted)) throw new AppError(NOT_FOUND, { resource: `/console/${wanted.slice(0, 100)}` });
  const file = wanted === "" || wanted === "index.html" ? undefined : await options.files.find(wanted);
  if (file !== undefined) return fileAnswer(file, wanted, request.headers);
  // A page that was loaded before a new build asks for files that are gone: that is no page.
  if (wanted.startsWith(ASSETS) || NEVER_PAGES.test(wanted)) {
    return {
      status: 404,
      headers: [...FILE_HEADERS, "Content-Type", "text/plain", "Cache-Control", "no-store"],
      body: "not found\n",
    };
  }
  const page = await options.files.find("index.html");
  const nonce = Buffer.from(options.randomBytes(NONCE_OCTETS)).toString("base64");
  if (page === undefined) return { status: 503, headers: pageHeaders(nonce), body: NOT_BUILT };
  const text = Buffer.from(page.content).toString("utf8");
  const mark = NONCE_MARK.exec(text)?.[1];
  return { status: 200, headers: pageHeaders(nonce), body: mark === undefined ? text : text.replaceAll(mark, nonce) };
}

async function fileAnswer(
  file: StaticFile,
  path: string,
  headers: MountCall["request"]["headers"],
): Promise<HttpResponse> {
  const isHashed = path.startsWith(ASSETS);
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const coding = codingOf(headerOf(headers, "accept-encoding"));
  const compressed = coding === undefined ? undefined : await file.compressed(coding);
  const tag = compressed === undefined ? `"${file.tag}"` : `"${file.tag}-${coding}"`;
  const fields = [
    ...FILE_HEADERS,
    "Cache-Control",
    isHashed ? YEAR : "no-cache",
    "ETag",
    tag,
    "Vary",
    "Accept-Encoding",
  ];
  const known = (headerOf(headers, "if-none-match") ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (known.includes(tag)) return { status: 304, headers: fields };
  fields.push("Content-Type", TYPES[extension] ?? "application/octet-stream");
  if (compressed === undefined || coding === undefined) return { status: 200, headers: fields, body: file.content };
  return { status: 200, headers: fields.concat("Content-Encoding", coding), body: compressed };
}

/** The best coding that a client takes (RFC 9110 §12.5.3); `undefined` for none. */
function codingOf(accepted: string | undefined): "br" | "gzip" | undefined {
  const taken = new Set<string>();
  for (const part of (accepted ?? "").slice(0, 256).split(",")) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) taken.add(name);
  }
  if (taken.has("br")) return "br";
  return taken.has("gzip") ? "gzip" : undefined;
}

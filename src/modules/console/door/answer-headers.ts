/** For all answers below /console: nothing that came from somewhere is run as a page of ours, and nobody frames it. */
const COMMON: readonly string[] = [
  "X-Content-Type-Options",
  "nosniff",
  "X-Frame-Options",
  "DENY",
  "Referrer-Policy",
  "no-referrer",
  "Cross-Origin-Resource-Policy",
  "same-origin",
];

const PERMISSIONS = [
  "accelerometer=()",
  "camera=()",
  "display-capture=()",
  "geolocation=()",
  "gyroscope=()",
  "magnetometer=()",
  "microphone=()",
  "midi=()",
  "payment=()",
  "usb=()",
].join(", ");

/** For answers that are data. A browser that opens one as a page gives it no origin, no scripts and no network. */
export const DATA_HEADERS: readonly string[] = [
  ...COMMON,
  "Cache-Control",
  "no-store",
  "Content-Security-Policy",
  "default-src 'none'; sandbox; frame-ancestors 'none'",
];

/** For files of the build. */
export const FILE_HEADERS: readonly string[] = [
  ...COMMON,
  "Content-Security-Policy",
  "default-src 'none'; style-src 'self'; sandbox; frame-ancestors 'none'",
];

/** For the page: only scripts and styles of ours, and the style elements that carry the nonce of this very answer. */
export function pageHeaders(nonce: string): readonly string[] {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return [
    ...COMMON,
    "Content-Type",
    "text/html; charset=utf-8",
    // A nonce that is used again would be none.
    "Cache-Control",
    "no-store",
    "Content-Security-Policy",
    policy.join("; "),
    "Cross-Origin-Opener-Policy",
    "same-origin",
    "Permissions-Policy",
    PERMISSIONS,
  ];
}

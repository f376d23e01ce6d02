const MASK = "•••";

/** A URL as it may be shown: without the user and the password that it may carry (RFC 3986 §3.2.1). Any other text stays. */
export function maskUrl(url: string): string {
  const start = url.indexOf("//");
  if (start === -1) return url;
  const from = start + 2;
  let end = from;
  while (end < url.length && !"/?#".includes(url.charAt(end))) end += 1;
  const at = url.lastIndexOf("@", end - 1);
  return at < from ? url : `${url.slice(0, from)}${MASK}@${url.slice(at + 1)}`;
}

import { openLinkIndex } from "../../src/adapters/lmdb/index.ts";
import { LinkCodes, linkCodeKey } from "../../src/platform/links/index.ts";
import { encodeLink, indexKey, type Link } from "../../src/modules/links/link.ts";
import { LINK_ACCOUNT, linkIndexFolder, linkSecrets } from "../../test/kit/link-cell.ts";

export const DOMAIN = "go.example.com";
const BATCH = 5_000;

/** Link number `sequence` of a campaign, as messages make them. */
function linkOf(codes: LinkCodes, sequence: number): Link {
  const id = sequence.toString(16).padStart(17, "0");
  return {
    sid: `LK0197a0c0a0b07e0${id}`,
    accountSid: LINK_ACCOUNT,
    domain: DOMAIN,
    code: codes.code({ cellNumber: 1, sequence }),
    url: `https://shop.example/campaigns/autumn/offer?customer=${sequence}&utm_source=sms&utm_campaign=autumn`,
    createdMs: 1_750_000_000_000,
    expiresAtMs: 4_000_000_000_000,
    revision: 0,
    status: "active",
    messageSid: `SM0197a0c0a0b07e0${id}`,
    serviceSid: `MG${"5".repeat(32)}`,
    from: "+15005550006",
    to: `+1415${String(sequence % 10_000_000).padStart(7, "0")}`,
  };
}

/** Puts so many links into the index of a folder. Resolves to how long it took. */
export async function fillIndex(
  folder: string,
  count: number,
): Promise<{ readonly seconds: number; readonly cpuUs: number }> {
  const codes = new LinkCodes(linkCodeKey(linkSecrets()));
  const index = await openLinkIndex(linkIndexFolder(folder));
  const started = performance.now();
  const startCpu = process.cpuUsage();
  for (let at = 0; at < count; at += BATCH) {
    const links = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => linkOf(codes, at + n));
    await index.write(links.map((link) => [indexKey(codes, link.code), encodeLink(link)] as const));
  }
  const { user, system } = process.cpuUsage(startCpu);
  const seconds = (performance.now() - started) / 1_000;
  await index.close();
  return { seconds, cpuUs: (user + system) / count };
}

/** Codes of links that are in the index, any of them. */
export function someCodes(count: number, of: number): string[] {
  const codes = new LinkCodes(linkCodeKey(linkSecrets()));
  return Array.from({ length: count }, () => codes.code({ cellNumber: 1, sequence: Math.floor(Math.random() * of) }));
}

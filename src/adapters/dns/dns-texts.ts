import { resolveTxt } from "node:dns/promises";
import type { DnsTexts } from "../../platform/links/index.ts";

const ABSENT: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

/** TXT records by the system's name servers. */
export const dnsTexts: DnsTexts = {
  async texts(name) {
    try {
      return (await resolveTxt(name)).map((parts) => parts.join(""));
    } catch (error) {
      if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return [];
      throw error;
    }
  },
};

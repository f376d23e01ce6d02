import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import { hostsIn } from "../hosts-in-text.ts";
import type { Rule } from "./rule.ts";

/** Link shorteners that anybody can use, so that nobody sees who is behind a link; American, British and Indian carriers filter them. */
export const PUBLIC_SHORTENERS: ReadonlySet<string> = new Set(
  "bit.ly bitly.com j.mp tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly shorturl.at t.ly tiny.cc rb.gy bl.ink adf.ly soo.gd s2r.co clck.ru short.io shorte.st bc.vc tr.im qr.ae po.st lnkd.in u.to x.co 0rz.tw tny.im".split(
    " ",
  ),
);

/** The text holds no link of a public shortener where carriers filter them. */
export const publicShortener: Rule = {
  name: "public-shortener",
  asked: "accept",
  errors: [ruleErrors.shortenerBanned],
  concerns: (country, { countries }) => countries.of(country).rule.shorteners === "blocked",
  judge: ({ body }) => {
    for (const host of hostsIn(body)) {
      const plain = host.startsWith("www.") ? host.slice(4) : host;
      if (PUBLIC_SHORTENERS.has(plain)) return { refuse: new AppError(ruleErrors.shortenerBanned, { host: plain }) };
    }
    return undefined;
  },
};

/** Link shorteners that anybody can use, so that nobody sees who is behind a link; American, British and Indian carriers filter them. */
export const PUBLIC_SHORTENERS: ReadonlySet<string> = new Set(
  "bit.ly bitly.com j.mp tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly shorturl.at t.ly tiny.cc rb.gy bl.ink adf.ly soo.gd s2r.co clck.ru short.io shorte.st bc.vc tr.im qr.ae po.st lnkd.in u.to x.co 0rz.tw tny.im t.co tinu.be shrtco.de s.id urlz.fr kutt.it dub.sh".split(
    " ",
  ),
);

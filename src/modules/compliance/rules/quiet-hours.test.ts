import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { QuietHoursBook } from "../quiet-hours-book.ts";
import type { Draft } from "../compliance.ts";
import { quietHours } from "./quiet-hours.ts";
import { ACCOUNT, codeOf, draft, SERVICE, set, world } from "./sample-world.test.ts";

const marketing = (more: Partial<Draft>) => draft({ trafficClass: "marketing", ...more });
/** Wall time of 2026-11-17, a Tuesday, in a zone that many hours behind UTC. */
const at = (hour: number, behind: number, minute = 0, day = 17): number =>
  Date.UTC(2026, 10, day, hour + behind, minute);
const code = (to: string, atMs: number, country = "US") =>
  codeOf(quietHours.judge(marketing({ to, atMs, country }), world()));

describe("the rule quiet-hours", () => {
  it("refuses marketing with 30610 at 3 in the morning and lets it go at noon", () => {
    assert.equal(code("+12125550199", at(3, 5)), 30_610);
    assert.equal(code("+12125550199", at(12, 5)), undefined);
  });

  it("keeps to 8 to 21 to the minute", () => {
    assert.equal(code("+12125550199", at(7, 5, 59)), 30_610);
    assert.equal(code("+12125550199", at(8, 5)), undefined);
    assert.equal(code("+12125550199", at(20, 5, 59)), undefined);
    assert.equal(code("+12125550199", at(21, 5)), 30_610);
  });

  it("keeps to the stricter hours of states", () => {
    assert.equal(code("+13055550199", at(20, 5, 30)), 30_610, "Florida ends at 20");
    assert.equal(code("+12035550199", at(8, 5, 30)), 30_610, "Connecticut begins at 9");
    assert.equal(code("+14015550199", at(18, 5)), 30_610, "Rhode Island ends at 18");
    assert.equal(code("+12145550199", at(11, 6, 0, 15)), 30_610, "Texas begins at noon on Sundays");
    assert.equal(code("+12145550199", at(12, 6, 0, 15)), undefined);
  });

  it("takes all time zones that an area code may be in", () => {
    assert.equal(code("+18505550199", at(8, 5, 30)), 30_610, "it is 7:30 in Pensacola");
    assert.equal(code("+18505550199", at(8, 6, 0)), undefined);
    assert.equal(code("+18005550199", at(12, 5)), 30_610, "a toll-free number may be in Honolulu");
    assert.equal(code("+18005550199", at(15, 5)), undefined);
  });

  it("changes with daylight time", () => {
    assert.equal(code("+12125550199", Date.UTC(2026, 6, 14, 12)), undefined, "8:00 in July");
    assert.equal(code("+12125550199", Date.UTC(2026, 11, 14, 12)), 30_610, "7:00 in December");
    assert.equal(code("+16025550199", Date.UTC(2026, 6, 14, 14)), 30_610, "Phoenix has no daylight time");
  });

  it("knows French evenings, Sundays and holidays, and British nights", () => {
    const to = "+33612345678";
    assert.equal(code(to, at(19, -1), "FR"), undefined);
    assert.equal(code(to, at(20, -1), "FR"), 30_610);
    assert.equal(code(to, at(12, -1, 0, 22), "FR"), 30_610, "Sunday");
    assert.equal(code(to, at(9, -1, 0, 21), "FR"), 30_610, "Saturday before 10");
    assert.equal(code(to, Date.UTC(2026, 4, 14, 10), "FR"), 30_610, "Ascension of 2026");
    assert.equal(code(to, Date.UTC(2026, 4, 13, 10), "FR"), undefined);
    assert.equal(code("+447700900123", at(21, 0), "GB"), 30_610);
  });

  it("is for marketing alone: by what the sender says, else by the traffic class", () => {
    const night = { to: "+12125550199", atMs: at(3, 5) };
    assert.equal(quietHours.judge(draft(night), world()), undefined);
    assert.equal(codeOf(quietHours.judge(draft({ ...night, intent: "marketing" }), world())), 30_610);
    assert.equal(quietHours.judge(marketing({ ...night, intent: "otp" }), world()), undefined);
    assert.equal(quietHours.judge(marketing({ ...night, direction: "outbound-reply" }), world()), undefined);
    assert.equal(quietHours.judge(marketing({ ...night, confirms: "HELP" }), world()), undefined);
  });

  it("holds until the first moment that is allowed, where a service or an account wants that", () => {
    const book = new QuietHoursBook("refuse");
    set(book, "quiet-hours", { scope: SERVICE, action: "hold" });
    const night = marketing({ to: "+12125550199", atMs: at(3, 5) });
    const holding = world({ quietHours: book });
    assert.equal(codeOf(quietHours.judge(night, holding)), 30_610);
    assert.deepEqual(quietHours.judge({ ...night, serviceSid: SERVICE }, holding), { holdUntilMs: at(8, 5) });
    const evening = marketing({ to: "+14015550199", atMs: at(18, 5, 0, 20), serviceSid: SERVICE });
    assert.deepEqual(
      quietHours.judge(evening, holding),
      { holdUntilMs: at(10, 5, 0, 21) },
      "Friday evening to Saturday",
    );
    const spring = marketing({ to: "+12125550199", serviceSid: SERVICE, atMs: Date.UTC(2026, 2, 8, 3) });
    assert.deepEqual(
      quietHours.judge(spring, holding),
      { holdUntilMs: Date.UTC(2026, 2, 8, 12) },
      "over the change of clocks",
    );
  });

  it("takes an account's own narrower hours, in every country, and the operator's off", () => {
    const book = new QuietHoursBook("refuse");
    const own = set(book, "quiet-hours", { scope: ACCOUNT, action: "refuse", fromMinute: 600, toMinute: 1_080 });
    const world1 = world({ quietHours: book });
    const morning = marketing({ to: "+12125550199", atMs: at(9, 5) });
    assert.equal(codeOf(quietHours.judge(morning, world1)), 30_610);
    const berlin = marketing({ to: "+4915112345678", country: "DE", atMs: at(9, -1) });
    assert.ok(quietHours.concerns("DE", world1));
    assert.equal(codeOf(quietHours.judge(berlin, world1)), 30_610);
    book.remove(own);
    assert.ok(!quietHours.concerns("DE", world1));
    set(book, "quiet-hours", { scope: ACCOUNT, action: "off" });
    assert.equal(quietHours.judge(marketing({ to: "+12125550199", atMs: at(3, 5) }), world1), undefined);
  });
});

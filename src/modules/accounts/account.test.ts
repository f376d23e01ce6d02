import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkStatusChange, defaultFriendlyName, effectiveStatus, shownStatus, type Account } from "./account.ts";

const ACTIVE = { status: "active", held: false } as const;
const SUSPENDED = { status: "suspended", held: false } as const;
const CLOSED = { status: "closed", held: false } as const;
const HELD = { status: "active", held: true } as const;

const child: Account = {
  sid: "AC2",
  parentSid: "AC1",
  friendlyName: "",
  status: "active",
  held: false,
  createdMs: 0,
  updatedMs: 0,
};

describe("an account's status", () => {
  it("shows what its owner set, unless the operator holds it", () => {
    assert.equal(shownStatus(ACTIVE), "active");
    assert.equal(shownStatus(HELD), "suspended");
    assert.equal(shownStatus({ status: "closed", held: true }), "closed");
  });

  it("is never better than that of the account that owns it", () => {
    assert.equal(effectiveStatus(ACTIVE, undefined), "active");
    assert.equal(effectiveStatus(ACTIVE, ACTIVE), "active");
    for (const parent of [SUSPENDED, CLOSED, HELD]) assert.equal(effectiveStatus(ACTIVE, parent), "suspended");
    assert.equal(effectiveStatus(CLOSED, HELD), "closed");
  });

  it("is changed by the owner only, and never from closed", () => {
    const wanted = "suspended" as const;
    const refuses = (code: number, change: () => void): void => assert.throws(change, { code });
    checkStatusChange(child, ACTIVE, { wanted, bySid: "AC1" });
    checkStatusChange({ ...child, ...CLOSED }, ACTIVE, { wanted: "closed", bySid: "AC1" });
    refuses(21477, () => checkStatusChange(child, undefined, { wanted, bySid: "AC1" }));
    refuses(20006, () => checkStatusChange(child, ACTIVE, { wanted, bySid: "AC2" }));
    refuses(21479, () => checkStatusChange({ ...child, ...CLOSED }, ACTIVE, { wanted, bySid: "AC1" }));
    refuses(21478, () => checkStatusChange({ ...child, ...HELD }, ACTIVE, { wanted, bySid: "AC1" }));
    refuses(21476, () => checkStatusChange(child, SUSPENDED, { wanted, bySid: "AC1" }));
  });
});

describe("the name of a subaccount that was given none", () => {
  it("has the hour of twelve", () => {
    const at = (time: string) => defaultFriendlyName(Date.parse(`2024-02-29T${time}Z`));
    assert.equal(at("00:05:00"), "SubAccount Created at 2024-02-29 12:05 am");
    assert.equal(at("11:59:59"), "SubAccount Created at 2024-02-29 11:59 am");
    assert.equal(at("12:00:00"), "SubAccount Created at 2024-02-29 12:00 pm");
    assert.equal(at("23:07:00"), "SubAccount Created at 2024-02-29 11:07 pm");
  });
});

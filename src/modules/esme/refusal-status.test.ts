import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../kernel/errors.ts";
import { CommandStatus, statusName } from "../../protocols/smpp/index.ts";
import { messageErrors } from "../messaging/index.ts";
import { statusOfRefusal } from "./refusal-status.ts";

describe("the status of a refusal", () => {
  it("says what is wrong for every error that accepting a message can give", () => {
    const expected: [keyof typeof messageErrors, keyof typeof CommandStatus][] = [
      ["toInvalid", "ESME_RINVDSTADR"],
      ["toNotReachable", "ESME_RINVDSTADR"],
      ["sameNumber", "ESME_RINVDSTADR"],
      ["fromInvalid", "ESME_RINVSRCADR"],
      ["fromNotOwned", "ESME_RINVSRCADR"],
      ["bodyRequired", "ESME_RINVMSGLEN"],
      ["bodyTooLong", "ESME_RINVMSGLEN"],
      ["optedOut", "ESME_RSUBMITFAIL"],
      ["queueFull", "ESME_RMSGQFUL"],
      ["accountNotActive", "ESME_RSUBMITFAIL"],
      ["notFound", "ESME_RINVMSGID"],
    ];
    for (const [name, status] of expected) {
      assert.equal(statusName(statusOfRefusal(new AppError(messageErrors[name]))), status, name);
    }
  });

  it("asks to try again only where nothing happened", () => {
    const refused = { code: 20503, status: 503, fault: "platform", retry: "later", message: "" } as const;
    assert.equal(statusOfRefusal(new AppError(refused)), CommandStatus.ESME_RSYSERR);
    assert.equal(
      statusOfRefusal(new AppError({ ...refused, fault: "unknown", retry: "never" })),
      CommandStatus.ESME_RUNKNOWNERR,
    );
  });

  it("throws on what is a bug", () => {
    assert.throws(() => statusOfRefusal(new TypeError("bug")), TypeError);
  });
});

import assert from "node:assert/strict";
import test from "node:test";
import { CommandStatus, hasUdh, isIntermediateNotification, isReceipt, messageStateName, statusName } from "./index.ts";

test("a command status has its name, and an unknown one its digits", () => {
  assert.equal(statusName(0), "ESME_ROK");
  assert.equal(statusName(0x58), "ESME_RTHROTTLED");
  assert.equal(statusName(CommandStatus.ESME_RINVDSTTON), "ESME_RINVDSTTON");
  assert.equal(statusName(0x400), "0x00000400");
  assert.equal(statusName(0xffffffff), "0xffffffff");
});

test("no two command statuses share a number", () => {
  const values = Object.values(CommandStatus);
  assert.equal(new Set(values).size, values.length);
});

test("receipts and intermediate notifications are reports, acknowledgements by a phone are not", () => {
  for (const report of [0x04, 0x44, 0x20, 0x24, 0x07]) assert.ok(isReceipt(report), String(report));
  for (const other of [0x00, 0x03, 0x08, 0x10, 0x18, 0x40, 0x80, 0x0c, 0x3c])
    assert.ok(!isReceipt(other), String(other));
  assert.ok(isIntermediateNotification(0x20));
  assert.ok(!isIntermediateNotification(0x04));
});

test("the UDH indicator is found beside the other bits", () => {
  assert.ok(hasUdh(0x43));
  assert.ok(!hasUdh(0x83));
});

test("a message state has its name, and a number outside the table none", () => {
  assert.equal(messageStateName(2), "DELIVERED");
  assert.equal(messageStateName(8), "REJECTED");
  assert.equal(messageStateName(9), "SKIPPED");
  assert.equal(messageStateName(10), undefined);
});

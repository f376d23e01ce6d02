import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupId, groupMember, partId, readMessageId } from "./message-ids.ts";

const SID = "SM0190a1b2c3d47000800000000000beef";

describe("message ids", () => {
  it("are read as what they were given for", () => {
    assert.deepEqual(readMessageId(SID), { sids: [SID], isGroup: false });
    assert.deepEqual(readMessageId(partId(SID, 3)), { sids: [SID], part: 3, isGroup: false });
    const group = groupId(SID, 3);
    assert.deepEqual(readMessageId(group), {
      sids: [groupMember(SID, 0), groupMember(SID, 1), groupMember(SID, 2)],
      isGroup: true,
    });
    assert.equal(groupMember(SID, 254).slice(-2), "fe");
    assert.equal(groupMember(SID, 1).length, SID.length);
  });

  it("fit into message_id and a receipt", () => {
    assert.ok(groupId(SID, 254).length <= 64);
    assert.ok(partId(SID, 255).length <= 64);
  });

  it("are refused where none was given out so", () => {
    for (const id of [
      "",
      "1",
      `${SID}-0`,
      `${SID}-256`,
      `${SID}x0`,
      `${SID}x255`,
      `${SID}-1x2`,
      SID.replace("SM", "MM"),
    ]) {
      assert.equal(readMessageId(id), undefined, id);
    }
  });
});

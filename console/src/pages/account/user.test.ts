import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeAgent, nameOf, rolesFor } from "./user.ts";

describe("roles", () => {
  it("can be given up to one's own, by owners and admins alone", () => {
    const names = (role: string): readonly string[] => rolesFor(role).map(({ value }) => value);
    assert.deepEqual(names("owner"), ["owner", "admin", "developer", "billing", "support"]);
    assert.deepEqual(names("admin"), ["admin", "developer", "billing", "support"]);
    assert.deepEqual(names("developer"), []);
    assert.deepEqual(names("nobody"), []);
  });
});

describe("a user", () => {
  it("is called by name, else by address", () => {
    assert.equal(nameOf({ friendly_name: "Ada", email: "a@example.com" }), "Ada");
    assert.equal(nameOf({ friendly_name: "", email: "a@example.com" }), "a@example.com");
    assert.match(nameOf({ friendly_name: "", email: null }), /without a name/);
  });
});

describe("a browser", () => {
  it("is named with its system", () => {
    const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
    assert.equal(describeAgent(chrome), "Chrome on Linux");
    assert.equal(
      describeAgent(`${chrome.replace("X11; Linux x86_64", "Windows NT 10.0")} Edg/140.0`),
      "Edge on Windows",
    );
    assert.equal(
      describeAgent("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Gecko/2010 Firefox/130"),
      "Firefox on macOS",
    );
    assert.equal(describeAgent("curl/8.5"), "curl/8.5");
    assert.equal(describeAgent(null), "unknown");
  });
});

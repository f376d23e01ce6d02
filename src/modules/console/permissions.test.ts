import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { ROLES } from "../../platform/console/index.ts";
import { permissionFor, permissionForTopic, permissionsOf, PERMISSIONS, rolesWith, tokensIn } from "./permissions.ts";

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);
const AC = `AC${"a".repeat(32)}`;
const ACCOUNT = `/2010-04-01/Accounts/${AC}`;

/** The folder of the generated documents, however far above the compiled test it is. */
function generatedFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "docs/generated/openapi-api.json"))) folder = dirname(folder);
  return join(folder, "docs/generated");
}

/** Every operation that the API has, as its descriptions say. */
function operations(): { readonly product: string; readonly method: string; readonly path: string }[] {
  const folder = generatedFolder();
  return readdirSync(folder).flatMap((file) => {
    const product = /^openapi-(.*)\.json$/.exec(file)?.[1];
    if (product === undefined) return [];
    const { paths } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { paths: Record<string, object> };
    return Object.entries(paths).flatMap(([path, item]) => {
      const methods = Object.keys(item).filter((method) => METHODS.has(method));
      return methods.map((method) => ({ product, method: method.toUpperCase(), path }));
    });
  });
}

describe("the table of permissions", () => {
  it("has decided about every route of the API", () => {
    const all = operations();
    assert.ok(all.length > 250, `${all.length} operations are known`);
    const undecided = all
      .map(({ product, method, path }) => ({ product, method, path: path.replaceAll(/\{[^}]+\}/g, "x") }))
      .filter(({ product, method, path }) => permissionFor(method, path, product) === undefined);
    assert.deepEqual(undecided, []);
  });

  it("takes a permission to change for every route that changes something, but for one's own things and questions", () => {
    const mild = operations()
      .filter(({ method }) => method !== "GET")
      .filter(({ product, method, path }) => {
        const permission = permissionFor(method, path.replaceAll(/\{[^}]+\}/g, "x"), product) ?? "";
        return !permission.endsWith(".write") && permission !== "tokens" && permission !== "chaos";
      })
      .map(({ path }) => path)
      .filter(
        (path) => !/^\/trunkline\/v1\/(?:Console\/(?:Users\/\{Sid\}|Sessions|Totp)|Routing\/(?:Exp|Comp))/.test(path),
      );
    assert.deepEqual(mild, []);
  });

  it("refuses what no line names, however it is written", () => {
    for (const [method, path, product] of [
      ["GET", "/", "api"],
      ["GET", "", "api"],
      ["GET", "/healthz", "api"],
      ["GET", "/metrics", "api"],
      ["GET", "/console/api/session", "api"],
      ["GET", "/simulator/phones", "api"],
      ["POST", "/trunkline/internal/v1/console/sign-ins", "api"],
      ["GET", "/trunkline/v1", "api"],
      ["GET", "/trunkline/v1/", "api"],
      ["GET", "/trunkline/v1/Cells/", "api"],
      ["GET", "//trunkline/v1/Cells", "api"],
      ["GET", "/trunkline/v1/../v1/Cells", "api"],
      ["GET", "/trunkline/v1/%43ells", "api"],
      ["GET", "/trunkline/v1/Links/", "api"],
      ["GET", `${ACCOUNT}.xml/`, "api"],
      ["GET", `${ACCOUNT}/Unknown.json`, "api"],
      ["OPTIONS", `${ACCOUNT}/Messages.json`, "api"],
      ["CONNECT", `${ACCOUNT}/Messages.json`, "api"],
      ["GET", `${ACCOUNT}/Messages.json`, "messaging"],
      ["GET", "/v1/Services", "api"],
      ["GET", "/v1/Services", "__proto__"],
      ["POST", `${ACCOUNT}/Balance.json`, "api"],
      ["GET", `${ACCOUNT}/${"x/".repeat(2_000)}`, "api"],
    ] as const) {
      assert.equal(permissionFor(method, path, product), undefined, `${method} ${product} ${path}`);
    }
  });

  it("prefers what says more", () => {
    assert.equal(permissionFor("POST", "/trunkline/v1/Routing/Explanations", "api"), "routes.read");
    assert.equal(permissionFor("POST", "/trunkline/v1/Routing/Publications", "api"), "routes.write");
    assert.equal(permissionFor("POST", "/v1/Services/MG1/Compliance/Usa2p", "messaging"), "registrations.write");
    assert.equal(permissionFor("POST", "/v1/Services/MG1/PhoneNumbers", "messaging"), "services.write");
    assert.equal(permissionFor("HEAD", `${ACCOUNT}/Messages/SM1/Media/ME1`, "api"), "messages.read");
    assert.equal(permissionFor("POST", "/trunkline/v1/Carriers/a", "api"), "carriers.write");
    assert.equal(permissionFor("POST", "/trunkline/v1/Carriers/a/Chaos", "api"), "chaos");
    assert.equal(permissionFor("POST", "/trunkline/v1/Fleet/Processes/a/Kills", "api"), "chaos");
    assert.equal(permissionFor("POST", "/trunkline/v1/Console/Users", "api"), "users.write");
    assert.equal(permissionFor("POST", "/trunkline/v1/Console/Users/US1", "api"), "self");
    assert.equal(permissionFor("DELETE", "/trunkline/v1/Console/Users/US1/Totp", "api"), "users.write");
  });

  it("gives owners and admins all, and the others what is theirs", () => {
    const may = (role: (typeof ROLES)[number], isOperator = true) => permissionsOf(role, isOperator);
    assert.deepEqual([...may("owner")], [...PERMISSIONS]);
    assert.deepEqual([...may("admin")], [...PERMISSIONS]);
    for (const role of ROLES) assert.ok(may(role, false).has("self"), role);
    for (const role of ["developer", "billing", "support"] as const) {
      for (const none of ["tokens", "users.write", "users.read", "cells.write", "carriers.write", "accounts.write"]) {
        assert.ok(!may(role).has(none as never), `${role} ${none}`);
      }
    }
    assert.ok(may("billing").has("money.write") && !may("billing").has("messages.read"));
    assert.ok(may("support").has("messages.read") && ![...may("support")].some((name) => name.endsWith(".write")));
    assert.ok(may("developer", false).has("keys.write") && !may("developer", true).has("keys.write"));
    assert.deepEqual(rolesWith("money.write"), ["owner", "admin", "billing"]);
  });

  it("keeps the operator's things to the operator's account", () => {
    const customer = permissionsOf("owner", false);
    for (const name of ["cells.read", "cells.write", "carriers.write", "routes.read", "chaos", "phones"] as const)
      assert.ok(!customer.has(name), name);
  });

  it("knows what each live topic takes, and refuses others", () => {
    assert.equal(permissionForTopic("messages"), "messages.read");
    assert.equal(permissionForTopic("fleet"), "cells.read");
    for (const topic of ["", "toString", "__proto__", "Messages"]) assert.equal(permissionForTopic(topic), undefined);
  });

  it("knows where answers hold auth tokens, and in what form they cannot be taken out", () => {
    assert.equal(tokensIn("/2010-04-01/Accounts.json", "api"), "some");
    assert.equal(tokensIn(`${ACCOUNT}.json`, "api"), "some");
    for (const path of ["/2010-04-01/Accounts", ACCOUNT, `${ACCOUNT}.xml`, "/2010-04-01/Accounts.csv"])
      assert.equal(tokensIn(path, "api"), "unreadable", path);
    assert.equal(tokensIn(`${ACCOUNT}/Messages.json`, "api"), "none");
  });
});

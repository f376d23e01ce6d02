import assert from "node:assert/strict";
import { it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { Tickets, type TicketClaims } from "../../platform/console/index.ts";
import { FleetKey } from "../../platform/fleet/index.ts";
import type { AccountStatus, Principal } from "../../platform/http/index.ts";
import { edgeTicketAuthenticator, ticketAuthenticator } from "./index.ts";

const MAIN = `AC${"1".repeat(32)}`;
const CHILD = `AC${"2".repeat(32)}`;
const OTHER = `AC${"3".repeat(32)}`;
const PINNED = `AC${"4".repeat(32)}`;
const claims: TicketClaims = {
  accountSid: MAIN,
  mainSid: MAIN,
  userSid: `US${"1".repeat(32)}`,
  sessionSid: `CS${"1".repeat(32)}`,
  role: "developer",
};

/** A cell with an account, its subaccount and another account; the operator is at home elsewhere, and let in by the inner authenticator. */
function sample() {
  const clock = new ManualClock();
  const tickets = new Tickets(new FleetKey(new Uint8Array(32).fill(1)), clock);
  const statuses = new Map<string, AccountStatus>([
    [MAIN, "active"],
    [CHILD, "suspended"],
    [OTHER, "active"],
  ]);
  const operator: Principal = {
    accountSid: PINNED,
    status: "active",
    credential: "token",
    canAccess: (other) => Promise.resolve(other === PINNED),
  };
  const asked: string[] = [];
  const inner = {
    authenticate: ({ username }: { readonly username: string }) => {
      asked.push(username);
      return Promise.resolve(username === PINNED ? operator : undefined);
    },
  };
  const authenticator = ticketAuthenticator({
    authenticator: inner,
    tickets,
    directory: {
      status: (sid) => Promise.resolve(statuses.get(sid)),
      canAccess: (sid, other) => Promise.resolve(sid === other || (sid === MAIN && other === CHILD)),
    },
  });
  const use = (more: Partial<TicketClaims> = {}, username?: string) => {
    const all = { ...claims, ...more };
    return authenticator.authenticate({ username: username ?? all.accountSid, password: tickets.write(all) });
  };
  return { use, asked, tickets, inner, authenticator };
}

it("takes a ticket for whoever it names, who comes as with the auth token and reaches what the account owns", async () => {
  const { use, asked } = sample();
  const principal = await use();
  const { canAccess, ...said } = principal as Principal;
  const { userSid, sessionSid, role } = claims;
  assert.deepEqual(said, { accountSid: MAIN, status: "active", credential: "token", userSid, sessionSid, role });
  assert.equal(await canAccess(CHILD), true);
  assert.equal(await canAccess(OTHER), false);
  assert.deepEqual(asked, []);
});

it("takes one for a subaccount of the user's account, with its own status and no further", async () => {
  const { use } = sample();
  const principal = await use({ accountSid: CHILD });
  assert.equal(principal?.status, "suspended");
  assert.equal(await principal?.canAccess(MAIN), false);
});

it("looks up itself whose the account is, and by whom the ticket is used", async () => {
  const { use } = sample();
  assert.equal(await use({ accountSid: OTHER }), undefined);
  assert.equal(await use({ accountSid: MAIN, mainSid: CHILD }), undefined);
  assert.equal(await use({}, OTHER), undefined);
});

it("says who acts where another one lets the operator in, for his own account alone", async () => {
  const { use } = sample();
  const principal = await use({ accountSid: PINNED, mainSid: PINNED });
  assert.deepEqual([principal?.accountSid, principal?.role], [PINNED, "developer"]);
  assert.equal(await use({ accountSid: PINNED, mainSid: MAIN }), undefined);
  const unknown = `AC${"5".repeat(32)}`;
  assert.equal(await use({ accountSid: unknown, mainSid: unknown }), undefined);
});

it("leaves other passwords to the others, and a ticket that is none to nobody", async () => {
  const { authenticator, asked } = sample();
  assert.equal((await authenticator.authenticate({ username: PINNED, password: "x" }))?.role, undefined);
  assert.equal(await authenticator.authenticate({ username: PINNED, password: "ticket1.e30.0" }), undefined);
  assert.deepEqual(asked, [PINNED]);
});

it("is taken at an edge at once, because the cell looks again", () => {
  const { tickets, inner } = sample();
  const edge = edgeTicketAuthenticator(inner, tickets);
  const found = edge.authenticate({ username: MAIN, password: tickets.write(claims) });
  assert.ok(found !== undefined && !(found instanceof Promise));
  assert.equal(found.role, "developer");
  assert.equal(edge.authenticate({ username: OTHER, password: tickets.write(claims) }), undefined);
});

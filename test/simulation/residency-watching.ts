/** The endpoints of those who look: people of the console, alert rules, questions, replays, carriers. */
import { refused, type MarkedCall, type Scene } from "./residency-scene.ts";

const CONSOLE = "/trunkline/v1/Console";
const RULES = "/trunkline/v1/Insights/AlertRules";
/** What a page of our own sends beside its cookie. */
const FROM_PAGE = { "x-console": "1", "sec-fetch-site": "same-origin" };

/** Invites somebody, changes what he is called, lets him try to sign in, and makes what cannot be made. */
const people: MarkedCall = async (scene) => {
  const { marks } = scene;
  const Email = `${marks.plain(true)}@example.com`;
  const form = { Email, FriendlyName: marks.text(true), Role: "support" };
  const sid = await scene.createdSid({ path: `${CONSOLE}/Users`, form });
  await scene.expect(200, { path: `${CONSOLE}/Users/${sid}`, form: { FriendlyName: marks.text(true) } });
  await scene.expect(200, { method: "GET", path: `${CONSOLE}/Users/${sid}` });
  await scene.expect(201, { path: `${CONSOLE}/SignInLinks` });
  const signIn = { path: "/console/api/sign-in", headers: FROM_PAGE };
  // By name he is asked for in all cells, by a digest.
  await scene.ask({ ...signIn, json: { email: Email, password: marks.text() } });
  await scene.ask({ ...signIn, json: { email: `${marks.plain()}@example.com`, password: marks.text() } });
  await scene.ask({ path: "/console/api/enter", headers: FROM_PAGE, json: { token: marks.text() } });
  for (const [path, name] of [
    ["Totp", "Password"],
    ["Totp/Confirmation", "Code"],
    ["Totp/Removal", "Password"],
  ]) {
    // An account's own credentials have no second factor.
    await refused((all) => ({ path: `${CONSOLE}/${path}`, form: { [String(name)]: all.marks.text() } }))(scene);
  }
};

const alertRules: MarkedCall = async (scene) => {
  const { marks, customer } = scene;
  const form = {
    FriendlyName: marks.text(true),
    Metric: "messages",
    Threshold: "1000000",
    "Filter.sender": marks.phone(true),
    WebhookUrls: customer.url(`/alerts?p=${marks.plain(true)}`),
  };
  const sid = await scene.createdSid({ path: RULES, form });
  await scene.expect(200, { path: `${RULES}/${sid}`, form: { FriendlyName: marks.text(true) } });
  await scene.expect(200, { method: "GET", path: `${RULES}/${sid}/Events` });
  await refused((all) => ({ path: RULES, form: { ...form, Metric: all.marks.text() } }))(scene);
};

const question: MarkedCall = refused(({ marks }: Scene) => ({
  path: "/trunkline/v1/Insights/Queries",
  form: { Sql: `select '${marks.text()}'` },
}));

const carriers: MarkedCall = async (scene) => {
  const json = ({ marks }: Scene) => ({
    type: "smpp",
    name: marks.plain(),
    url: `smpp://${marks.plain()}@127.0.0.1:1`,
  });
  await refused((all) => ({ path: "/trunkline/v1/Carriers", json: json(all) }))(scene);
  await refused((all) => ({ path: `/trunkline/v1/Carriers/${all.marks.plain()}`, json: json(all) }))(scene);
  await refused((all) => ({ path: "/trunkline/v1/Carriers/Tests", json: json(all) }))(scene);
  await refused(({ marks }) => ({
    path: `/trunkline/v1/Carriers/${marks.plain()}/Chaos`,
    form: { Mode: "slow", DelayMs: marks.text() },
  }))(scene);
};

const replay: MarkedCall = refused(({ marks, customer }: Scene) => ({
  path: `/trunkline/v1/Webhooks/WH${"1".repeat(32)}/Replays`,
  form: { Url: customer.url(`/replays?p=${marks.plain()}`) },
}));

/** By endpoint. */
export const WATCHING_CALLS: Readonly<Record<string, MarkedCall>> = {
  [`POST api ${CONSOLE}/Users`]: people,
  [`POST api ${RULES}`]: alertRules,
  "POST api /trunkline/v1/Insights/Queries": question,
  "POST api /trunkline/v1/Carriers": carriers,
  "POST api /trunkline/v1/Webhooks/{Sid}/Replays": replay,
};

/** By call, what else it calls. */
export const WATCHING_MAKES: Readonly<Record<string, readonly string[]>> = {
  [`POST api ${CONSOLE}/Users`]: ["Users/{Sid}", "SignInLinks", "Totp", "Totp/Confirmation", "Totp/Removal"].map(
    (path) => `api ${CONSOLE}/${path}`,
  ),
  [`POST api ${RULES}`]: [`api ${RULES}/{Sid}`],
  "POST api /trunkline/v1/Carriers": ["{Name}", "Tests", "{Name}/Chaos"].map(
    (path) => `api /trunkline/v1/Carriers/${path}`,
  ),
};

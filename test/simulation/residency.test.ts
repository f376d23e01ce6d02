import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import smpp, { type PDU, type PduFields, type Session } from "smpp";
import { generatedDocuments } from "../../src/entry/catalogue.ts";
import { CONTROL_DATABASE, databaseOf } from "../../src/entry/fleet/databases.ts";
import type { FleetFile } from "../../src/entry/fleet/fleet-file.ts";
import { CustomerServer, twiml } from "../compat/customer-server.ts";
import { seededRandom } from "../kit/seeded-random.ts";
import { seedOf } from "../kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { freePorts } from "../kit/programs.ts";
import { startTestRedis, withoutRedis, type TestRedis } from "../kit/redis.ts";
import { startFleetProcess, type FleetProcess } from "../kit/running-fleet.ts";
import { waitFor } from "../kit/wait-for.ts";
import { askInVain, CALLED_BY, CALLS } from "./residency-calls.ts";
import { formsOf, Markers, type Trace } from "./residency-markers.ts";
import { filesBelow, gossipOf, keysOf, rowsOf, serverFiles, type Place } from "./residency-places.ts";
import { Scene } from "./residency-scene.ts";

const SEED = seedOf(Date.now() % 1_000_000);
const HOME = "messaging-2";
const HOME_DATABASE = databaseOf(HOME);
/** Processes of the other region and of control; what has no name of a process is the supervisor's. */
const OUTSIDE = ["messaging-1", "edge-us1", "control"];
const MEMBERS = ["messaging-1", "messaging-2", "edge-us1", "edge-ie1", "control"];
const NOBODYS_NUMBER = "+15005559999";
const QUIET_LIMIT_MS = 15_000;

interface Load {
  readonly openMessages: number;
  readonly unprojected: number;
}

describe(`personal data of an account in ie1, seed ${SEED}`, () => {
  const marks = new Markers(seededRandom(SEED));
  let postgres: TestPostgres;
  let redis: TestRedis | undefined;
  let fleet: FleetProcess;
  let customer: CustomerServer;
  let scene: Scene;
  let smppPort = 0;
  /** What was called with a marker. */
  const origins = new Map<string, string>();

  before(async () => {
    [postgres, redis, customer, smppPort] = await Promise.all([
      startTestPostgres(),
      withoutRedis === false ? startTestRedis() : undefined,
      CustomerServer.start(),
      pairOfPorts(),
    ]);
    fleet = await startFleetProcess({
      cells: "messaging=2",
      regions: "us1,ie1",
      env: {
        TRUNKLINE_DATABASE_URL: postgres.url,
        TRUNKLINE_LOG_LEVEL: "debug",
        TRUNKLINE_SMPP_PORT: String(smppPort),
        ...(redis === undefined ? {} : { TRUNKLINE_REDIS_URL: redis.url }),
      },
      config: { numbers: numbersOfCells(), a2p: { simulatedReviewMs: 100 } },
    });
    const account = await fleet.createAccount("ie1");
    assert.equal(account.cell, HOME);
    scene = new Scene({ fleet, account, customer, marks });
  });

  after(async () => {
    await fleet?.stop();
    await Promise.all([customer?.stop(), redis?.stop(), postgres?.stop()]);
  });

  it("is sent to every endpoint that there is", async () => {
    const missing = (await changingEndpoints()).filter((name) => !(name in CALLS) && !(name in CALLED_BY));
    assert.deepEqual(missing, [], "each is called with marked data, see residency-calls.ts");
  });

  it("goes through the edges of both regions", async () => {
    await prepare(scene);
    for (const edge of ["us1", "ie1"]) {
      scene.edge = edge;
      for (const [name, call] of Object.entries(CALLS)) {
        await call(scene).catch((error: unknown) => {
          throw new Error(`${name} at ${edge}: ${String(error)}`, { cause: error });
        });
        for (const [index, marker] of marks.kept.slice(origins.size).entries()) {
          origins.set(marker, `${marker}, number ${index + 1} of ${name} at ${edge}`);
        }
      }
      await askInVain(scene);
      await overSmpp(scene, smppPort + 1);
    }
    // In us1 a password that is known here is wrong.
    await overSmpp(scene, smppPort, false);
    await quiet(fleet);
    const { alerts } = await scene.expect(200, { method: "GET", product: "monitor", path: "/v1/Alerts" });
    assert.ok((alerts as readonly object[]).length >= 3, "there are alerts");
  });

  it("is where it belongs: the search finds it there", async () => {
    const rows = (await rowsOf(postgres.url)).get(HOME_DATABASE) ?? [];
    const { own } = await serverFiles(postgres, HOME_DATABASE);
    const cell = await filesBelow(join(fleet.dataFolder, "cells", HOME));
    for (const [what, places] of [
      ["its tables", rows],
      ["the files of its database", own],
      ["its log", cell.filter(({ name }) => name.startsWith("log"))],
      ["its index of links", cell.filter(({ name }) => name.startsWith("links"))],
      ["its media", cell.filter(({ name }) => name.startsWith("media"))],
    ] as const) {
      assert.ok(tracesIn(marks, places).length > 0, `something is in ${what}`);
    }
    const all = Buffer.concat([...rows, ...cell].map(({ content }) => content));
    const lost = marks.kept.filter((marker) => !all.includes(marker)).map((marker) => origins.get(marker) ?? marker);
    assert.deepEqual(lost, [], "everything that was accepted is in its cell");
  });

  it("is in no table of us1 or of control, and in no file of theirs of the database server", async () => {
    const databases = await rowsOf(postgres.url);
    // The first cell has the database that was given.
    for (const name of [new URL(postgres.url).pathname.slice(1), CONTROL_DATABASE]) {
      assert.ok(
        (databases.get(name) ?? []).some(({ content }) => content.length > 0),
        `there are rows in ${name}`,
      );
    }
    databases.delete(HOME_DATABASE);
    none(marks, [...databases.values()].flat());
    none(marks, (await serverFiles(postgres, HOME_DATABASE)).foreign);
  });

  it("is in no file of us1 or of control", async () => {
    const path = (name: string): string => join(...name.split("/"));
    const elsewhere = [path(`cells/${HOME}`), path("edges/edge-ie1"), path("carrier")];
    const files = await filesBelow(fleet.dataFolder, (name) => elsewhere.some((folder) => name.startsWith(folder)));
    const names = files.map(({ name }) => name);
    for (const known of [
      "fleet.json",
      "run.json",
      path("cells/messaging-1/log"),
      path("cells/messaging-1/links"),
      path("edges/edge-us1/routes"),
    ]) {
      assert.ok(
        names.some((name) => name.startsWith(known)),
        `${known} is among ${names.join(", ")}`,
      );
    }
    none(marks, files);
  });

  it("is in no log line of us1, of control or of the supervisor", () => {
    const lines = [...fleet.stdout().split("\n"), ...fleet.stderr().split("\n")];
    const places = lines.filter(isOutside).map((line) => ({ name: "a line", content: Buffer.from(line) }));
    for (const node of OUTSIDE)
      assert.ok(
        places.some(({ content }) => content.includes(node)),
        `lines of ${node}`,
      );
    none(marks, places);
  });

  it("is not told by gossip", async () => {
    const { ports } = JSON.parse(await readFile(join(fleet.dataFolder, "fleet.json"), "utf8")) as FleetFile;
    const told = await gossipOf(fleet.fleetKey, ports["edge-us1"]?.gossipPort ?? 0, MEMBERS);
    assert.ok(told.length >= MEMBERS.length - 2, told.map(({ name }) => name).join(", "));
    none(marks, told);
  });

  it("is not in the Redis that edges share", { skip: withoutRedis }, async () => {
    const { places, commands } = await keysOf(redis?.url ?? "");
    assert.match(commands, /cmdstat_get:/, "the edges have asked it");
    // A home that the SID says itself needs no entry, so there may be none at all.
    assert.deepEqual(tracesIn(marks, places), []);
  });
});

describe("the search for marked data", () => {
  const marks = new Markers(seededRandom(SEED));
  const text = marks.text();
  const phone = marks.phone();

  it("finds a marker however it was written down", () => {
    const forms = [text, phone].flatMap((whole) => [
      Buffer.from(whole),
      Buffer.from(encodeURIComponent(whole)),
      Buffer.from(whole, "utf16le"),
      Buffer.from(whole, "utf16le").swap16(),
      Buffer.from(whole).toString("hex"),
      Buffer.from(whole, "latin1"),
      Buffer.from(JSON.stringify(JSON.stringify({ whole }))),
      ...["", "a", "ab", "abc"].map((before) => Buffer.from(`${before}${whole}`).toString("base64")),
      ...["", "a", "ab", "abc"].map((before) => Buffer.from(`${before}${whole}`).toString("base64url")),
    ]);
    for (const form of forms) {
      const content = Buffer.concat([Buffer.from("before "), Buffer.from(form), Buffer.from(" after")]);
      assert.notDeepEqual(marks.find("here", content), [], content.toString("latin1"));
    }
  });

  it("finds nothing in what is not marked", () => {
    const others = new Markers(seededRandom(SEED + 1));
    assert.deepEqual(marks.find("here", Buffer.from(`${others.text()} ${others.phone()}`)), []);
    const shortest = Math.min(...formsOf(phone).map(({ octets }) => octets.length));
    assert.ok(shortest >= 6, "no form is so short that it is found by chance");
  });
});

function tracesIn(marks: Markers, places: readonly Place[]): Trace[] {
  return places.flatMap(({ name, content }) => marks.find(name, content));
}

function none(marks: Markers, places: readonly Place[]): void {
  assert.ok(places.length > 0, "something is searched");
  assert.deepEqual(tracesIn(marks, places), []);
}

/** Every `POST`, `PUT` and `PATCH` of the catalogue: `POST api /2010-04-01/…`. */
async function changingEndpoints(): Promise<string[]> {
  const names: string[] = [];
  for (const [file, text] of await generatedDocuments("0.0.0")) {
    const product = /^openapi-(.+)\.json$/.exec(file)?.[1];
    if (product === undefined) continue;
    const { paths } = JSON.parse(text) as { readonly paths: Readonly<Record<string, object>> };
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        if (["post", "put", "patch"].includes(method)) names.push(`${method.toUpperCase()} ${product} ${path}`);
      }
    }
  }
  return names;
}

/** A number with hooks, and what the customer answers to them: replies, and what is wrong. */
async function prepare(scene: Scene): Promise<void> {
  const { marks, customer } = scene;
  scene.edge = "ie1";
  const action = customer.on(`/reply/${marks.plain(true)}`, { status: 500, body: marks.text() });
  const picture = customer.on(`/reply-media/${marks.plain()}.png`, { type: "image/png", body: marks.text() });
  const replies = `<Message action="${action}">${marks.text(true)}</Message><Message><Media>${picture}</Media></Message>`;
  const path = `/texts/${marks.plain(true)}`;
  customer.on(path, ({ params }) =>
    (params["Body"] ?? "").includes("long") ? { type: "text/xml", body: `<Response><${marks.text()}` } : twiml(replies),
  );
  scene.smsUrl = `${customer.url(path)}?p=${marks.plain(true)}`;
  const free = await scene.expect(200, { method: "GET", path: scene.own("/AvailablePhoneNumbers/US/Local.json") });
  const [first] = free["available_phone_numbers"] as readonly { readonly phone_number: string }[];
  assert.ok(first);
  scene.from = first.phone_number;
  const form = { PhoneNumber: scene.from, FriendlyName: marks.text(), SmsUrl: scene.smsUrl };
  await scene.expect(201, { path: scene.own("/IncomingPhoneNumbers.json"), form });
  // The carrier gives this to any cell, because it has not heard of the number: nobody has it.
  await scene.textIn(marks.phone(), marks.text(), NOBODYS_NUMBER);
}

/** A text by SMPP, after a bind with wrong credentials; in a cell that does not know the system id all is in vain. */
async function overSmpp(scene: Scene, port: number, isKnown = true): Promise<void> {
  const { marks } = scene;
  const form = { FriendlyName: marks.text(true) };
  const { system_id, password } = await scene.expect(201, { path: "/trunkline/v1/Smpp/Credentials", form });
  const [stranger, client] = await Promise.all([connectSmpp(port), connectSmpp(port)]);
  try {
    const wrong = { system_id: marks.plain().slice(-15), password: "zq123456" };
    assert.notEqual((await ask(stranger, "bind_transceiver", wrong)).command_status, 0);
    const bound = await ask(client, "bind_transceiver", { system_id: String(system_id), password: String(password) });
    assert.equal(bound.command_status === 0, isKnown);
    if (!isKnown) return;
    const sent = await ask(client, "submit_sm", {
      source_addr_ton: 1,
      source_addr: scene.from.slice(1),
      dest_addr_ton: 1,
      destination_addr: marks.phone(true).slice(1),
      registered_delivery: 1,
      short_message: marks.plain(true),
    });
    assert.equal(sent.command_status, 0);
  } finally {
    stranger.destroy();
    client.destroy();
  }
}

async function connectSmpp(port: number): Promise<Session> {
  const session = await new Promise<Session>((resolve) => {
    const made = smpp.connect({ host: "127.0.0.1", port }, () => resolve(made));
  });
  session.on("error", () => {});
  return session;
}

function ask(session: Session, command: string, fields: PduFields): Promise<PDU> {
  return new Promise((resolve) => session.send(new smpp.PDU(command, fields), resolve));
}

/** Waits until the cell has nothing to do any more, and has written everything into its tables. */
async function quiet(fleet: FleetProcess): Promise<void> {
  let calm = 0;
  await waitFor(
    "the cell to be done",
    async () => {
      const { json } = await fleet.ask("GET", "/trunkline/v1/Fleet");
      const cells = (json as { cells: readonly { name: string; load?: Load }[] }).cells;
      const load = cells.find(({ name }) => name === HOME)?.load;
      calm = load?.openMessages === 0 && load.unprojected === 0 ? calm + 1 : 0;
      // The load is told every second, so that one answer may be from before.
      if (calm < 8) await new Promise((resolve) => setTimeout(resolve, 200));
      return calm >= 8;
    },
    QUIET_LIMIT_MS,
  );
}

function isOutside(line: string): boolean {
  if (!line.startsWith("{")) return !line.startsWith(`[${HOME}]`) && !line.startsWith("[edge-ie1]");
  const { node, module } = JSON.parse(line) as { readonly node?: string; readonly module?: string };
  if (module === "simulator") return false;
  return node === undefined || OUTSIDE.includes(node);
}

function numbersOfCells(): object[] {
  const numbers = ["local", "local", "local", "mobile", "mobile", "tollfree", "tollfree"].map((type, index) => ({
    number: `+1500555${800 + index}0`,
    type,
    country: "US",
    cell: HOME,
  }));
  return [{ number: "+15005550100", country: "US", cell: "messaging-1" }, ...numbers];
}

/** Two free ports in a row: the first cell's, and the second one's. */
async function pairOfPorts(): Promise<number> {
  for (;;) {
    const ports = (await freePorts(30)).toSorted((left, right) => left - right);
    const first = ports.find((port) => ports.includes(port + 1));
    if (first !== undefined) return first;
    const [port = 0] = ports;
    if (port > 0 && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const { createServer } = await import("node:net");
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

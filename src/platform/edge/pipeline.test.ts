import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { AssertionError } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Home } from "../fleet/index.ts";
import { OVERLOADED, type HttpRequest, type HttpResponse, type Principal } from "../http/index.ts";
import { ACCOUNT, BASIC, MapRoutes, MESSAGES, principal } from "./edge-world.test.ts";
import {
  CellShedder,
  describeClasses,
  describeMatrix,
  Pipeline,
  ROUTE_CLASSES,
  STAGE_MATRIX,
  STAGE_NAMES,
  type AccessRecord,
  type EdgeRequest,
  type EdgeTarget,
  type LimitedRequest,
  type PipelineOptions,
} from "./index.ts";

const KEY = `SK${"b".repeat(32)}`;
const CELL: EdgeTarget = { name: "a", address: { host: "127.0.0.1", port: 1 } };
const OK: HttpResponse = { status: 200, headers: ["Twilio-Request-Id", "RQ-of-the-cell"], body: "{}" };

interface Bench {
  readonly pipeline: Pipeline;
  readonly forwarded: EdgeRequest[];
  readonly records: AccessRecord[];
  readonly routes: MapRoutes;
  nowMs: number;
}

/** Stages of which none has to wait, before a destination that notes what arrives. */
function bench(options: Partial<PipelineOptions> = {}): Bench {
  const routes = new MapRoutes();
  routes.homes.set(ACCOUNT, { cell: "a", epoch: 1 });
  routes.targets.set("a", CELL);
  const forwarded: EdgeRequest[] = [];
  const records: AccessRecord[] = [];
  let minted = 0;
  const made = { forwarded, records, routes, nowMs: 1_000 };
  const pipeline = new Pipeline({
    clock: { monotonicMs: () => made.nowMs },
    logger: silentLogger,
    minter: { mint: (prefix) => `${prefix}${(minted += 1)}` },
    authenticator: { authenticate: ({ password }) => (password === "token" ? principal : undefined) },
    routes,
    destination: {
      forward: (edge) => {
        forwarded.push(edge);
        return Promise.resolve(OK);
      },
    },
    onAnswer: (record) => records.push(record),
    ...options,
  });
  return Object.assign(made, { pipeline });
}

function requestOf(method: string, target: string, more: { headers?: object; body?: string } = {}): HttpRequest {
  const body = Buffer.from(more.body ?? "");
  return {
    method,
    target,
    headers: { host: "api.twilio.com", authorization: BASIC, ...more.headers },
    scheme: "https",
    peer: "10.1.2.3",
    body,
    contentLength: body.length,
    readBody: () => Promise.resolve(body),
  };
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const fieldOf = ({ headers }: HttpResponse, name: string): string | undefined => {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
};
const textOf = (body: HttpResponse["body"]): string => (typeof body === "string" ? body : "");
const codeOf = ({ body }: HttpResponse): number => (JSON.parse(textOf(body)) as { code: number }).code;

describe("the stages", () => {
  it("are in the documentation as they are in the program", async () => {
    let root = import.meta.dirname;
    while (!existsSync(join(root, "package.json"))) root = dirname(root);
    const page = await readFile(join(root, "docs/subsystems/edge.md"), "utf8");
    for (const table of [describeMatrix(), describeClasses()])
      assert.ok(page.includes(table), `it should have:\n${table}`);
  });

  it("are passed in one go where nothing has to be waited for", () => {
    const { pipeline, forwarded } = bench({ limits: { decide: () => ({ admitted: true, retryAfterMs: 0 }) } });
    void pipeline.handle(requestOf("POST", MESSAGES, { body: "To=1" }));
    assert.equal(forwarded.length, 1);
  });

  it("wait where something has to be waited for, and go on", async () => {
    const { pipeline, forwarded, routes } = bench({
      authenticator: { authenticate: () => Promise.resolve(principal) },
    });
    const home = routes.homes.get(ACCOUNT);
    Object.assign(routes, { route: (): Promise<Home | undefined> => Promise.resolve(home) });
    assert.equal((await pipeline.handle(requestOf("GET", MESSAGES))).status, 200);
    assert.equal(forwarded.length, 1);
  });

  it("name classes that there are, and every class is forwarded or refused", () => {
    for (const stage of STAGE_NAMES) {
      const classes = STAGE_MATRIX[stage];
      if (classes !== "all") for (const each of classes) assert.ok(Object.hasOwn(ROUTE_CLASSES, each), each);
    }
    assert.equal(STAGE_NAMES.at(-1), "forward");
  });
});

describe("a request", () => {
  it("of a key goes where its account is, for products that have cells of their own; and of nobody to no such cell", async () => {
    const { pipeline, forwarded, routes } = bench();
    const asked: string[] = [];
    Object.assign(routes, {
      route: (key: string, type: string): Home => {
        asked.push(`${key} ${type}`);
        return { cell: "a", epoch: 1 };
      },
    });
    const host = "verify.twilio.com";
    await pipeline.handle(
      requestOf("GET", "/v2/Services", { headers: { host, authorization: basic(`${KEY}:token`) } }),
    );
    await pipeline.handle(requestOf("GET", MESSAGES, { headers: { authorization: basic(`${KEY}:token`) } }));
    const media = `/2010-04-01/Accounts/${ACCOUNT}/Messages/MM${"1".repeat(32)}/Media/ME${"1".repeat(32)}`;
    await pipeline.handle(requestOf("GET", media, { headers: { host, authorization: undefined } }));
    assert.deepEqual(asked, [`${ACCOUNT} verify`, `${KEY} messaging`, `${ACCOUNT} messaging`]);
    assert.equal(forwarded.length, 3);
  });

  it("goes to the home of its user name, with what was found out", async () => {
    const { pipeline, forwarded, records } = bench();
    const answer = await pipeline.handle(requestOf("GET", `https://API.twilio.com${MESSAGES}?a=1`));
    assert.equal(answer, OK);
    const [edge] = forwarded;
    assert.deepEqual(
      [edge?.target, edge?.host, edge?.product, edge?.pathname, edge?.query, edge?.routeClass],
      [CELL, "API.twilio.com", "api", MESSAGES, "?a=1", "read"],
    );
    assert.deepEqual(records, [
      {
        requestId: "RQ-of-the-cell",
        routeClass: "read",
        method: "GET",
        product: "api",
        accountSid: ACCOUNT,
        cell: "a",
        status: 200,
        answeredBy: undefined,
        attempts: 1,
        stagesMs: 0,
        forwardMs: 0,
      },
    ]);
  });

  it("is refused by the first stage that objects, with an id and the error's code", async () => {
    const { pipeline, forwarded, records } = bench();
    const cases: readonly (readonly [request: HttpRequest, status: number, code: number, stage: string])[] = [
      [requestOf("GET", MESSAGES, { headers: { host: "a b" } }), 400, 20001, "host"],
      [requestOf("GET", "/trunkline/internal/v1/credentials/AC1"), 404, 20404, "refuse"],
      [requestOf("OPTIONS", "*"), 400, 20001, "syntax"],
      [requestOf("TRACE", MESSAGES), 405, 20004, "syntax"],
      [{ ...requestOf("POST", MESSAGES), contentLength: 2_000_000 }, 413, 20413, "syntax"],
      [requestOf("GET", MESSAGES, { headers: { authorization: "Bearer x" } }), 401, 20003, "authenticate"],
      [requestOf("GET", MESSAGES, { headers: { authorization: basic(`${ACCOUNT}:no`) } }), 401, 20003, "authenticate"],
      [requestOf("POST", MESSAGES, { headers: { "idempotency-key": "a b" } }), 400, 20001, "idempotency"],
      [requestOf("GET", MESSAGES, { headers: { authorization: basic(`${KEY}:token`) } }), 401, 20003, "route"],
    ];
    for (const [request, status, code, stage] of cases) {
      const answer = await pipeline.handle(request);
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], stage);
      assert.match(fieldOf(answer, "Twilio-Request-Id") ?? "", /^RQ/);
      const record = records.at(-1);
      assert.deepEqual([record?.answeredBy, record?.status, record?.attempts], [stage, status, 0]);
      assert.equal(record?.requestId, fieldOf(answer, "Twilio-Request-Id"));
    }
    assert.equal(forwarded.length, 0);
  });

  it("is refused in XML where the API would answer in XML", async () => {
    const { pipeline } = bench();
    const answer = await pipeline.handle(
      requestOf("GET", MESSAGES.replace(".json", ""), { headers: { authorization: "" } }),
    );
    assert.equal(fieldOf(answer, "Content-Type"), "application/xml");
    assert.match(textOf(answer.body), /<Code>20003<\/Code>/);
  });

  it("of an account that is not active is refused", async () => {
    const suspended: Principal = { ...principal, status: "suspended" };
    const { pipeline } = bench({ authenticator: { authenticate: () => suspended } });
    const answer = await pipeline.handle(requestOf("GET", MESSAGES));
    assert.deepEqual([answer.status, codeOf(answer)], [403, 20005]);
  });

  it("is answered with what a port says when it cannot tell", async () => {
    const unavailable = (): never => {
      throw new AppError(OVERLOADED);
    };
    for (const options of [
      { authenticator: { authenticate: () => Promise.reject(new AppError(OVERLOADED)) } },
      { authenticator: { authenticate: unavailable } },
      { destination: { forward: unavailable } },
      { destination: { forward: () => Promise.reject(new AppError(OVERLOADED)) } },
    ]) {
      const answer = await bench(options).pipeline.handle(requestOf("GET", MESSAGES));
      assert.deepEqual([answer.status, codeOf(answer), fieldOf(answer, "Retry-After")], [503, 20503, "1"]);
    }
  });

  it("that meets a bug is answered with 500, and the bug is told", async () => {
    const bugs: Error[] = [];
    const fails = (error: Error) => ({ destination: { forward: () => Promise.reject(error) } });
    for (const error of [new AssertionError("x"), new TypeError("y")]) {
      const { pipeline } = bench({ ...fails(error), onBug: (bug) => bugs.push(bug) });
      const answer = await pipeline.handle(requestOf("GET", MESSAGES));
      assert.deepEqual([answer.status, codeOf(answer)], [500, 20500]);
      assert.doesNotMatch(textOf(answer.body), /TypeError|x|assertion/);
    }
    assert.equal(bugs.length, 1);
  });

  it("that the connection refuses is answered and recorded, too", () => {
    const { pipeline, records } = bench();
    const answer = pipeline.reject(requestOf("GET", MESSAGES), new AppError(OVERLOADED));
    assert.equal(answer.status, 503);
    assert.equal(records[0]?.answeredBy, "connection");
  });
});

describe("wrong credentials", () => {
  it("are asked for once in five seconds, and stand in nobody's way", async () => {
    let asked = 0;
    const made = bench({
      authenticator: {
        authenticate: ({ password }) => {
          asked += 1;
          return password === "token" ? principal : undefined;
        },
      },
    });
    const wrong = requestOf("GET", MESSAGES, { headers: { authorization: basic(`${ACCOUNT}:guess`) } });
    for (let count = 0; count < 10; count += 1) assert.equal((await made.pipeline.handle(wrong)).status, 401);
    assert.equal(asked, 1);
    assert.equal((await made.pipeline.handle(requestOf("GET", MESSAGES))).status, 200);
    const other = requestOf("GET", MESSAGES, { headers: { authorization: basic(`${ACCOUNT}:guesses`) } });
    assert.equal((await made.pipeline.handle(other)).status, 401);
    assert.equal(asked, 3);
    made.nowMs += 10_001;
    assert.equal((await made.pipeline.handle(wrong)).status, 401);
    assert.equal(asked, 4);
  });
});

describe("limits", () => {
  it("are asked for the address first, then for account, key and class, and tell when to come back", async () => {
    const asked: LimitedRequest[] = [];
    let retryAfterMs = 2_400;
    const limits = {
      decide: (limited: LimitedRequest) => {
        asked.push(limited);
        return { admitted: limited.ip !== undefined && retryAfterMs < Infinity, retryAfterMs };
      },
    };
    const { pipeline } = bench({ limits, tierOf: () => "smb" });
    const answer = await pipeline.handle(requestOf("POST", MESSAGES, { body: "To=1" }));
    assert.deepEqual([answer.status, codeOf(answer), fieldOf(answer, "Retry-After")], [429, 20429, "3"]);
    const common = { routeClass: "create", keySid: undefined, nowMs: 1_000 };
    assert.deepEqual(asked, [
      { ...common, accountSid: undefined, ip: "10.1.2.3", tier: undefined },
      { ...common, accountSid: ACCOUNT, ip: undefined, tier: "smb" },
    ]);
    retryAfterMs = Infinity;
    assert.equal(fieldOf(await pipeline.handle(requestOf("GET", MESSAGES)), "Retry-After"), "3600");
  });
});

describe("routes", () => {
  it("of a cell that is not known, or to a control that is away, are answered with 503", async () => {
    const { pipeline, routes } = bench({ control: () => undefined });
    routes.homes.set(ACCOUNT, { cell: "gone", epoch: 2 });
    assert.equal((await pipeline.handle(requestOf("GET", MESSAGES))).status, 503);
    assert.equal((await pipeline.handle(requestOf("GET", "/trunkline/v1/Cells"))).status, 503);
  });

  it("lead to control, to media by their account, and to the cell of a public path", async () => {
    const control = { name: "control", address: CELL.address };
    const { pipeline, forwarded } = bench({
      control: () => control,
      publicCell: (path) => (path.startsWith("/carriers/a/") ? "a" : undefined),
    });
    const media = `/2010-04-01/Accounts/${ACCOUNT}/Messages/MM1/Media/ME${"c".repeat(32)}`;
    const nobody = { headers: { authorization: "" } };
    await pipeline.handle(requestOf("GET", "/trunkline/v1/Cells"));
    await pipeline.handle(requestOf("GET", media, nobody));
    await pipeline.handle(requestOf("POST", "/carriers/a/receipts", nobody));
    assert.deepEqual(
      forwarded.map(({ target }) => target?.name),
      ["control", "a", "a"],
    );
    assert.equal((await pipeline.handle(requestOf("POST", "/carriers/b/receipts", nobody))).status, 404);
    assert.equal(
      (await pipeline.handle(requestOf("GET", media.replace("AC", "ACd").replace("aa/", "a/"), nobody))).status,
      404,
    );
  });

  it("are pinned by the operator alone, whose request says so to the cell", async () => {
    const headers = { "x-trunkline-cell": "b" };
    const b = { name: "b", address: { host: "127.0.0.1", port: 2 } };
    const operator = bench({ isOperator: (sid) => sid === ACCOUNT, signPin: (_, { name }) => `signed for ${name}` });
    operator.routes.targets.set("b", b);
    await operator.pipeline.handle(requestOf("GET", MESSAGES, { headers }));
    const [pinned] = operator.forwarded;
    assert.deepEqual([pinned?.target, pinned?.pinSignature], [b, "signed for b"]);
    const unknown = await operator.pipeline.handle(
      requestOf("GET", MESSAGES, { headers: { "x-trunkline-cell": "c" } }),
    );
    assert.equal(unknown.status, 404);
    const other = bench({ isOperator: () => false });
    other.routes.targets.set("b", b);
    await other.pipeline.handle(requestOf("GET", MESSAGES, { headers }));
    assert.deepEqual([other.forwarded[0]?.target, other.forwarded[0]?.pinSignature], [CELL, undefined]);
  });
});

describe("shedding", () => {
  it("answers 503 at once, tells what can wait to wait longer, and gives places back", async () => {
    const shedder = new CellShedder({ maxInFlight: 4 });
    const waiting: ((answer: HttpResponse) => void)[] = [];
    const { pipeline } = bench({
      shedding: shedder,
      destination: { forward: () => new Promise((resolve) => waiting.push(resolve)) },
    });
    const create = (): Promise<HttpResponse> => pipeline.handle(requestOf("POST", MESSAGES, { body: "To=1" }));
    const asked = [create(), create(), create()];
    const refused = await create();
    assert.deepEqual([refused.status, codeOf(refused), fieldOf(refused, "Retry-After")], [503, 20503, "1"]);
    const bulk = await pipeline.handle(requestOf("POST", MESSAGES.replace(".json", "/Bulk.json")));
    assert.equal(fieldOf(bulk, "Retry-After"), "5");
    const urgent = pipeline.handle(requestOf("POST", MESSAGES, { body: "To=1&MessageIntent=otp" }));
    assert.equal(shedder.load("a").inFlight, 4);
    for (const resolve of waiting) resolve(OK);
    await Promise.all([...asked, urgent]);
    assert.equal(shedder.load("a").inFlight, 0);
  });

  it("gives the place back when a request fails, too", async () => {
    const shedder = new CellShedder();
    const { pipeline } = bench({
      shedding: shedder,
      destination: { forward: () => Promise.reject(new AppError(OVERLOADED)) },
    });
    await pipeline.handle(requestOf("GET", MESSAGES));
    assert.equal(shedder.load("a").inFlight, 0);
  });
});

describe("one process", () => {
  it("needs no routes: its dispatcher answers, behind the same stages", async () => {
    const { pipeline, forwarded } = bench({ routes: undefined });
    assert.equal((await pipeline.handle(requestOf("GET", MESSAGES))).status, 200);
    assert.equal(forwarded[0]?.target, undefined);
    assert.equal((await pipeline.handle(requestOf("GET", MESSAGES, { headers: { authorization: "" } }))).status, 401);
  });

  it("answers for its own health", async () => {
    const own = { dispatch: () => Promise.resolve({ status: 200, headers: [], body: "own" }) };
    const { pipeline, forwarded } = bench({ own });
    const answer = await pipeline.handle(requestOf("GET", "/healthz", { headers: { authorization: "" } }));
    assert.deepEqual([answer.body, forwarded.length], ["own", 0]);
  });
});

import { AppError } from "../../../kernel/errors.ts";
import {
  defineRoute,
  enumeration,
  integer,
  text,
  type JsonObject,
  type JsonValue,
  type Route,
} from "../../../platform/http/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { HealthSnapshot, Router } from "../../routing/index.ts";
import { CHAOS_MODES } from "../carriers/index.ts";
import type { CarrierBook } from "./carrier-book.ts";
import { carrierErrors } from "./errors.ts";
import { CARRIERS, viewChaos, viewStatus, type CarrierLook } from "./carrier.view.ts";
import { operatorOnly } from "./operator-only.ts";
import { routePosition } from "./route-position.ts";
import { testCarrier, type CarrierTest } from "./test-carrier.ts";

/** What the routes work with. */
export interface CarrierRouteDeps {
  readonly book: CarrierBook;
  readonly clock: Clock;
  readonly router: Router;
  readonly health: () => HealthSnapshot;
  readonly look: (name: string) => CarrierLook;
  readonly isOperator: (accountSid: string) => boolean;
}

const common = { product: "api", tag: "Carriers", access: "main" } as const;
/** Each opens a connection to somebody. */
const MAX_TESTS = 4;
const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 3_600;
const DEFAULT_DELAY_MS = 2_000;
const MAX_DELAY_MS = 60_000;

/** What is done with a carrier, beside setting it up. */
export function operationRoutes(deps: CarrierRouteDeps): Route[] {
  return [testRoute(deps), statusRoute(deps), chaosRoute(deps)];
}

function testRoute(deps: CarrierRouteDeps): Route {
  let running = 0;
  return defineRoute({
    ...common,
    method: "POST",
    path: `${CARRIERS}/Tests`,
    operationId: "CreateCarrierTest",
    // It changes nothing.
    traffic: true,
    summary:
      'Try a carrier without giving it traffic, and say how each step went: `{"name": …}`, or `{"carrier": {…}}`, or both for changed settings of a known one; for the operator',
    body: "json",
    maxBodyOctets: 262_144,
    success: 200,
    errors: [
      carrierErrors.bodyInvalid,
      carrierErrors.carrierInvalid,
      carrierErrors.secretsNeeded,
      carrierErrors.testsRun,
    ],
    run: async (call): Promise<CarrierTest> => {
      operatorOnly(deps, call);
      if (running >= MAX_TESTS) throw new AppError(carrierErrors.testsRun);
      running += 1;
      try {
        return await runTest(deps, call.json, () => call.notFound());
      } finally {
        running -= 1;
      }
    },
    view: viewTest,
  });
}

async function runTest(deps: CarrierRouteDeps, json: JsonValue, notFound: () => AppError): Promise<CarrierTest> {
  const { book } = deps;
  const { name, carrier: document } = objectOf(json);
  const known = typeof name === "string" ? book.find(name) : undefined;
  if (name !== undefined && known === undefined) throw notFound();
  if (document === undefined) {
    if (known === undefined) throw new AppError(carrierErrors.bodyInvalid, { reason: "name or carrier is expected" });
    if (known.settings === undefined) {
      throw new AppError(carrierErrors.notRunning, { name: known.name, why: known.problem ?? known.phase });
    }
    return testCarrier(known.settings, book.ports, { isGiven: known.source === "added" });
  }
  const whole = known === undefined ? document : book.withSecrets(document, known);
  return testCarrier(book.read(whole), book.ports, { isGiven: true });
}

function objectOf(json: JsonValue): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new AppError(carrierErrors.bodyInvalid, { reason: "an object is expected" });
}

function viewTest({ ok, tookMs, steps }: CarrierTest): JsonObject {
  return {
    ok,
    took_ms: tookMs,
    steps: steps.map(({ step, outcome, tookMs: stepMs, detail }) => ({ step, outcome, took_ms: stepMs, detail })),
  };
}

function statusRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${CARRIERS}/{Name}/Status`,
    operationId: "FetchCarrierStatus",
    summary:
      "Say how a carrier does now: binds, window, queue, rate, health, and where it stands in the routing; for the operator",
    parameters: {
      To: text({
        maxCharacters: 16,
        summary: "A number or the beginning of one, to see in which order carriers are asked.",
      }),
    },
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const known = deps.book.find(call.path.Name);
      if (known === undefined) throw call.notFound();
      const { To: to } = call.params;
      const position =
        to === undefined || to === ""
          ? undefined
          : await routePosition(deps, { name: known.name, to, accountSid: call.accountSid });
      return { known, position };
    },
    view: ({ known, position }) => ({ ...viewStatus(known, deps.look(known.name)), routing: position ?? null }),
  });
}

function chaosRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${CARRIERS}/{Name}/Chaos`,
    operationId: "CreateCarrierChaos",
    summary: "Make a carrier look broken for a while, where the setting console.chaos allows it; for the operator",
    parameters: {
      Mode: enumeration({ values: CHAOS_MODES, required: true, summary: "`none` ends it." }),
      Seconds: integer({
        min: 1,
        max: MAX_SECONDS,
        summary: `After which it ends by itself; ${DEFAULT_SECONDS} unless given.`,
      }),
      DelayMs: integer({
        min: 1,
        max: MAX_DELAY_MS,
        summary: `How much later everything comes with \`slow\`; ${DEFAULT_DELAY_MS} unless given.`,
      }),
    },
    success: 200,
    errors: [carrierErrors.chaosOff, carrierErrors.chaosNotHere],
    run: (call) => {
      operatorOnly(deps, call);
      const { book, clock } = deps;
      if (!book.ports.chaos) throw new AppError(carrierErrors.chaosOff);
      const { Mode: mode, Seconds = DEFAULT_SECONDS, DelayMs: delayMs = DEFAULT_DELAY_MS } = call.params;
      const state = mode === "none" ? undefined : { mode, untilMs: clock.nowMs() + Seconds * 1_000, delayMs };
      const known = book.disturb(call.path.Name, state);
      if (known === undefined) throw call.notFound();
      return known;
    },
    view: (known) => ({ name: known.name, ...viewChaos(known.chaos?.state) }),
  });
}

import { AppError } from "../../kernel/errors.ts";
import {
  defineContentRoute,
  Refusal,
  scalar,
  type HttpResponse,
  type Mount,
  type Parameter,
  type Route,
} from "../../platform/http/index.ts";
import { isSameSecret, keyedHash } from "../../platform/secrets/index.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";

/** How long the address of a file can be used, as with Twilio. */
const FILE_LIFE_MS = 120_000;
const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TOKEN = /^(\d{4}-\d{2}-\d{2})\.(\d{1,15})\.([0-9a-f]{64})$/;

const day: Parameter<string | undefined> = scalar(
  { invalid: serviceErrors.dateInvalid, summary: "The day, `2024-01-31` in UTC; yesterday where it is left out." },
  {
    kind: "date",
    schema: { type: "string", format: "date" },
    convert: (value) => (isDay(value) ? value : new Refusal("it has the form 2024-01-31")),
  },
);

function isDay(value: string): boolean {
  return DATE.test(value) && dateOf(Date.parse(`${value}T00:00:00Z`)) === value;
}

function dateOf(ms: number): string | undefined {
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, DATE_CHARACTERS) : undefined;
}

const DATE_CHARACTERS = "2024-01-31".length;

/** `Deactivations`: where the list of a day's deactivated US numbers is. */
export function deactivationRoutes(deps: ServicesDeps): Route[] {
  const { clock, filePrefix = "" } = deps;
  return [
    defineContentRoute({
      product: "messaging",
      tag: "Deactivations",
      access: "account",
      method: "GET",
      path: "/v1/Deactivations",
      operationId: "FetchDeactivation",
      summary: "Be sent to the list of US numbers that were deactivated on a day",
      errors: [serviceErrors.dateInvalid],
      parameters: { Date: day },
      run: (call) => {
        const nowMs = clock.nowMs();
        const date = call.params.Date ?? dateOf(nowMs - DAY_MS) ?? "";
        if (Date.parse(`${date}T00:00:00Z`) > nowMs) {
          throw new AppError(serviceErrors.dateInvalid, { value: date, reason: "it is still to come" });
        }
        const location = `${call.baseUrl}${filePrefix}/deactivations/${token(deps, date, nowMs + FILE_LIFE_MS)}.txt`;
        return {
          status: 307,
          headers: ["Location", location, "Content-Type", "application/json", "Cache-Control", "no-store"],
          body: JSON.stringify({ redirect_to: location }),
        };
      },
    }),
  ];
}

/** The files themselves, for anybody who has their address of the last two minutes: one number a line. */
export function deactivationMounts(deps: ServicesDeps): Mount[] {
  const { filePrefix = "" } = deps;
  return [
    {
      method: "GET",
      path: `${filePrefix}/deactivations/{file}`,
      access: "public",
      run: async ({ path }): Promise<HttpResponse> => {
        const date = dateOfFile(deps, path.file ?? "");
        if (date === undefined) throw new AppError(serviceErrors.fileGone);
        const body = (await deps.deactivated?.(date)) ?? "";
        return {
          status: 200,
          headers: ["Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-store"],
          body,
        };
      },
    },
  ];
}

function token(deps: ServicesDeps, date: string, untilMs: number): string {
  return `${date}.${untilMs}.${proofOf(deps, date, untilMs)}`;
}

function proofOf({ fileKey }: ServicesDeps, date: string, untilMs: number): string {
  const key = Buffer.from(fileKey).toString("hex");
  const content = `deactivations ${date} ${untilMs}`;
  return keyedHash({ algorithm: "sha256", key, content, encoding: "hex" });
}

function dateOfFile(deps: ServicesDeps, file: string): string | undefined {
  const match = TOKEN.exec(file.replace(/\.txt$/, ""));
  if (match === null) return undefined;
  const [, date = "", until = "", proof = ""] = match;
  const untilMs = Number(until);
  const isGenuine = isSameSecret(proof, proofOf(deps, date, untilMs));
  return isGenuine && deps.clock.nowMs() <= untilMs ? date : undefined;
}

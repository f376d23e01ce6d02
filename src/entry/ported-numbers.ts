import { createReadStream } from "node:fs";
import {
  firstKnown,
  LookedUpNumbers,
  PortedNumbersError,
  readPortedNumbers,
  type PortedNumbers,
} from "../modules/routing/index.ts";
import type { Progress } from "../platform/cli/index.ts";
import type { RoutingSettings, ValuePath } from "../platform/config/index.ts";
import { createAddressGuard, HttpClient } from "../platform/http-client/index.ts";
import type { Clock, Logger, Net } from "../platform/ports.ts";
import { pauseForOthers } from "./routing.ts";
import { StartFailure } from "./start-failure.ts";

const MAX_ASKED = 64;
const TIMEOUTS = { connectMs: 2_000, readMs: 5_000, totalMs: 5_000 };
const MAX_ANSWER_OCTETS = 64 * 1024;
const MAX_NETWORK_CHARACTERS = 64;
/** After so many failures in a row nothing is asked for a while. */
const FAILURES_IN_ROW = 20;
const REST_MS = 10_000;

export interface PortedPorts {
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of ported numbers, and how to stop asking. */
export interface OpenPortedNumbers {
  readonly ported: PortedNumbers | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Reads the file of ported numbers and makes the look-up, as far as they are configured.
 * Rejects with {@link StartFailure} for a file that cannot be read.
 */
export async function openPortedNumbers(
  settings: RoutingSettings,
  ports: PortedPorts & { readonly progress: Progress },
): Promise<OpenPortedNumbers> {
  const { portedNumbers: path, lookupUrl } = settings;
  const sources: PortedNumbers[] = [];
  if (path !== undefined) sources.push(await readFile(path, ports.progress));
  if (lookupUrl === undefined) {
    return { ported: path === undefined ? undefined : firstKnown(sources), close: () => Promise.resolve() };
  }
  const limits = { maxConnections: MAX_ASKED, maxConnectionsPerHost: MAX_ASKED };
  const http = new HttpClient({ net: ports.net, clock: ports.clock, limits });
  const lookup = new NumberLookup({ ...settings, lookupUrl }, { ...ports, http });
  const keepMs = settings.lookupKeepSeconds * 1_000;
  const lookUp = (e164: string) => lookup.ask(e164);
  sources.push(new LookedUpNumbers({ lookUp, clock: ports.clock, keepMs, maxAsked: MAX_ASKED }));
  return { ported: firstKnown(sources), close: () => http.close() };
}

async function readFile(path: string, progress: Progress): Promise<PortedNumbers> {
  const step = progress.step("Ported numbers");
  const stream = createReadStream(path, { encoding: "utf8", highWaterMark: 1024 * 1024 });
  try {
    const list = await readPortedNumbers(stream as AsyncIterable<string>, pauseForOthers);
    step.done(`(${list.size}) ready`);
    return list;
  } catch (error) {
    const { message } = error as Error;
    step.failed(message);
    const isContent = error instanceof PortedNumbersError;
    throw new StartFailure(
      `The file of ported numbers ${path} cannot be ${isContent ? "understood" : "read"}: ${message}. ` +
        "Mend it, or take the setting `routing.portedNumbers` away.",
      { cause: error },
    );
  } finally {
    stream.destroy();
  }
}

type LookupSettings = Pick<RoutingSettings, "lookupPath" | "lookupAuthorization"> & { readonly lookupUrl: string };

/** Asks somebody's server for the network of a number. */
export class NumberLookup {
  private readonly settings: LookupSettings;
  private readonly ports: PortedPorts & { readonly http: HttpClient };
  private readonly guard;
  private failures = 0;
  private restUntilMs = -Infinity;

  constructor(settings: LookupSettings, ports: PortedPorts & { readonly http: HttpClient }) {
    this.settings = settings;
    this.ports = ports;
    // The URL is the operator's own, as those of carriers are.
    this.guard = createAddressGuard({ net: ports.net, clock: ports.clock, allowPrivateNetworks: true });
  }

  /** The network, or `undefined` where the answer names none. Rejects when there is no answer that can be read. */
  async ask(e164: string): Promise<string | undefined> {
    const { clock, logger } = this.ports;
    if (clock.monotonicMs() < this.restUntilMs) throw new Error("the look-up rests after failures");
    try {
      const network = await this.request(e164);
      if (this.failures >= FAILURES_IN_ROW) logger.info("routing.lookup-answers-again");
      this.failures = 0;
      return network;
    } catch (error) {
      this.failures += 1;
      // The first one, and one each time that the look-up rests: a server that is away is no flood of lines.
      const isToRest = this.failures >= FAILURES_IN_ROW;
      if (isToRest) this.restUntilMs = clock.monotonicMs() + REST_MS;
      if (isToRest || this.failures === 1) {
        const { message } = error as Error;
        logger.warn("routing.lookup-failed", { reason: message, failures: this.failures, rests: isToRest });
      }
      throw error;
    }
  }

  private async request(e164: string): Promise<string | undefined> {
    const { lookupUrl, lookupPath, lookupAuthorization } = this.settings;
    const response = await this.ports.http.request({
      method: "GET",
      url: lookupUrl.replaceAll("{number}", e164.replace(/\D/g, "")),
      headers: [
        ["Accept", "application/json"],
        ...(lookupAuthorization === undefined ? [] : [["Authorization", lookupAuthorization] as const]),
      ],
      timeouts: TIMEOUTS,
      maxBodyOctets: MAX_ANSWER_OCTETS,
      guard: this.guard,
      retryStale: true,
    });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`the look-up answers ${response.status}`);
    return networkAt(JSON.parse(response.body.toString("utf8")) as unknown, lookupPath);
  }
}

/** The text or number at a path; `undefined` where there is none, or one that no table would name. */
function networkAt(document: unknown, { steps }: ValuePath): string | undefined {
  let value = document;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const network = String(value);
  return network === "" || network.length > MAX_NETWORK_CHARACTERS ? undefined : network;
}

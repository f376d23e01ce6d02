import { isIP } from "node:net";
import type { Clock, Net } from "../ports.ts";
import { classifyAddress } from "./address-ranges.ts";
import { HttpClientError, codeOf } from "./error.ts";

/** How long the addresses of a name are believed. Short, because names move during incidents. */
const FOUND_MS = 30_000;
/** How long a name that has no address, or none that is allowed, is refused without asking again. */
const REFUSED_MS = 2_000;
const MAX_CACHED_NAMES = 10_000;
/** Names that may be asked for at the same time; Node itself asks for few at once. */
const MAX_RESOLVING = 1_000;
/** Longest name of the domain name system in text (RFC 1035 §2.3.4), with a dot at its end. */
const MAX_NAME_OCTETS = 254;
/** Addresses kept of one name. */
const MAX_ADDRESSES = 16;

/** Decides which address a request may go to. */
export interface AddressGuard {
  /**
   * One allowed address of a normalised host (a name, or an address without brackets).
   * The connection must go to this very address: a second look-up could say otherwise.
   * At once where the answer is known. Throws or rejects with {@link HttpClientError}
   * `resolve` where there is no address and `guard` where none is allowed.
   */
  admit(host: string): string | Promise<string>;
  /** Reports that `address` could not be connected to; the one to try next, where there is another. */
  pass(host: string, address: string): string | undefined;
}

interface Verdict {
  untilMs: number;
  /** Allowed ones, the one to use first. */
  addresses: string[];
  refusal: HttpClientError | undefined;
}

/**
 * A guard against requests into networks that the caller's customers have no business in
 * (server-side request forgery). Without `allowPrivateNetworks` only public addresses pass;
 * with it loopback, RFC 1918, shared and unique local ones do, too. Link-local, metadata,
 * multicast, reserved, documentation and benchmarking addresses never do.
 */
export function createAddressGuard(options: {
  readonly net: Net;
  readonly clock: Clock;
  readonly allowPrivateNetworks: boolean;
}): AddressGuard {
  return new ResolvingGuard(options);
}

class ResolvingGuard implements AddressGuard {
  readonly #net: Net;
  readonly #clock: Clock;
  readonly #allowPrivate: boolean;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #resolving = new Map<string, Promise<string>>();

  constructor(options: { readonly net: Net; readonly clock: Clock; readonly allowPrivateNetworks: boolean }) {
    this.#net = options.net;
    this.#clock = options.clock;
    this.#allowPrivate = options.allowPrivateNetworks;
  }

  admit(host: string): string | Promise<string> {
    const known = this.#verdicts.get(host);
    if (known !== undefined && this.#clock.monotonicMs() < known.untilMs) return firstOf(known);
    if (isIP(host) !== 0) return firstOf(this.#remember(host, [host]));
    const running = this.#resolving.get(host);
    if (running !== undefined) return running;
    if (host.length > MAX_NAME_OCTETS) {
      throw new HttpClientError("resolve", { bytesSent: false, code: "name-too-long" });
    }
    if (this.#resolving.size >= MAX_RESOLVING) {
      throw new HttpClientError("resolve", { bytesSent: false, code: "too-many-lookups" });
    }
    const started = this.#resolve(host).finally(() => this.#resolving.delete(host));
    this.#resolving.set(host, started);
    return started;
  }

  pass(host: string, address: string): string | undefined {
    const verdict = this.#verdicts.get(host);
    if (verdict === undefined || verdict.addresses.length < 2) return undefined;
    const { addresses } = verdict;
    // Another request may have moved on already.
    if (addresses[0] === address) addresses.push(...addresses.splice(0, 1));
    return addresses[0];
  }

  async #resolve(host: string): Promise<string> {
    let addresses: string[];
    try {
      addresses = await this.#net.resolve(host);
    } catch (error) {
      const refusal = new HttpClientError("resolve", { bytesSent: false, code: codeOf(error) });
      this.#store(host, { untilMs: this.#clock.monotonicMs() + REFUSED_MS, addresses: [], refusal });
      throw refusal;
    }
    return firstOf(this.#remember(host, addresses));
  }

  #remember(host: string, found: readonly string[]): Verdict {
    const addresses = found.filter((address) => this.#allows(address)).slice(0, MAX_ADDRESSES);
    const allowed = addresses.length > 0;
    const stage = found.length > 0 ? "guard" : "resolve";
    const code = found.length > 0 ? "address-not-allowed" : "ENOTFOUND";
    const verdict: Verdict = {
      untilMs: this.#clock.monotonicMs() + (allowed ? FOUND_MS : REFUSED_MS),
      addresses,
      refusal: allowed ? undefined : new HttpClientError(stage, { bytesSent: false, code }),
    };
    this.#store(host, verdict);
    return verdict;
  }

  #allows(address: string): boolean {
    const kind = classifyAddress(address);
    return kind === "public" || (kind === "private" && this.#allowPrivate);
  }

  #store(host: string, verdict: Verdict): void {
    // Deleting first moves the name to the end, so that the one least recently asked for goes.
    this.#verdicts.delete(host);
    if (this.#verdicts.size >= MAX_CACHED_NAMES) {
      for (const oldest of this.#verdicts.keys()) {
        this.#verdicts.delete(oldest);
        break;
      }
    }
    this.#verdicts.set(host, verdict);
  }
}

function firstOf(verdict: Verdict): string {
  if (verdict.refusal !== undefined) throw verdict.refusal;
  return verdict.addresses[0] ?? "";
}

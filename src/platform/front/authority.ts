import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import type { Clock } from "../ports.ts";
import { mintAuthority, mintServer } from "./certificate.ts";
import type { Issuer, Validity } from "./certificate.ts";
import { isLoopback } from "./loopback.ts";
import { normalizeHost, VENDOR_DOMAINS, vendorDomainOf } from "../hosts/index.ts";

const DAY_MS = 86_400_000;
const AUTHORITY_LIFETIME_MS = 3_652 * DAY_MS;
/** An authority this near to its end is replaced at the next start, and has to be trusted anew. */
const AUTHORITY_RENEWAL_MS = 30 * DAY_MS;
const SERVER_LIFETIME_MS = 90 * DAY_MS;
const SERVER_RENEWAL_MS = 30 * DAY_MS;
/** Clients whose clock is behind accept a certificate that was made just now. */
const BACKDATED_MS = DAY_MS;
/** Certificates kept, one for each parent domain asked for; the one unused for longest goes first. */
const MAX_CACHED = 200;

/** The certificate authority of one installation. */
export interface Authority {
  /** The file for `NODE_EXTRA_CA_CERTS` and the like. */
  readonly caPath: string;
  readonly caPem: string;
  /** SHA-256 over the certificate, in colon-separated hex, as tools show it. */
  readonly fingerprint: string;
  readonly validUntilMs: number;
  /** Configured names that were added after the authority was made, which it may not sign. */
  readonly uncovered: readonly string[];
  /**
   * What a TLS server needs to answer for a name: for a vendor's host a
   * certificate for all hosts beside it, for everything else {@link ownCertificate}.
   */
  contextFor(name: string): SecureContext;
  /** Certificate and key, in PEM, for this machine, the configured names and the vendors' first-level hosts. */
  ownCertificate(): { readonly cert: string; readonly key: string };
}

export interface AuthorityOptions {
  /** Holds the authority; created where it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  /** Names and addresses under which this installation is reached, beside `localhost`. */
  readonly names?: readonly string[];
}

interface ServerCertificate {
  readonly cert: string;
  readonly context: SecureContext;
  readonly renewAtMs: number;
}

/** In the cache, where parents of names are the keys: the certificate for this machine. */
const OWN = "";

/** What is kept secret on disk, in one file so that key and certificate always belong together. */
interface Stored {
  readonly names: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

/**
 * Opens the authority in a folder, or makes it. Its certificate may sign only
 * vendors' hosts, this machine and the configured names, so that whoever steals
 * the key gains nothing else from those who trust it. Rejects when the files
 * are damaged.
 */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const folder = resolve(options.folder);
  const names = (options.names ?? []).map((name) => normalizeHost(name) ?? name);
  await mkdir(folder, { recursive: true });
  const secretPath = join(folder, "authority.json");
  const nowMs = options.clock.nowMs();
  let stored = await readStored(secretPath);
  if (stored !== undefined && validUntil(stored) - AUTHORITY_RENEWAL_MS < nowMs) {
    await rm(secretPath);
    stored = undefined;
  }
  stored ??= await createStored(secretPath, names, nowMs);
  const caPath = join(folder, "ca.pem");
  await publish(caPath, stored.certificate);
  return new LocalAuthority({ stored, caPath, names, clock: options.clock });
}

class LocalAuthority implements Authority {
  readonly caPath: string;
  readonly caPem: string;
  readonly fingerprint: string;
  readonly validUntilMs: number;
  readonly uncovered: readonly string[];
  readonly #clock: Clock;
  readonly #issuer: Issuer;
  readonly #ownNames: readonly string[];
  /** One key for all: making one costs more than a certificate, and they live in the same process. */
  readonly #serverKey: { readonly publicKey: KeyObject; readonly privatePem: string };
  readonly #cache = new Map<string, ServerCertificate>();

  constructor(input: { stored: Stored; caPath: string; names: readonly string[]; clock: Clock }) {
    const { stored, names } = input;
    const certificate = new X509Certificate(stored.certificate);
    this.caPath = input.caPath;
    this.caPem = stored.certificate;
    this.fingerprint = certificate.fingerprint256;
    this.validUntilMs = validUntil(stored);
    this.#clock = input.clock;
    this.#issuer = { commonName: commonNameOf(certificate), key: createPrivateKey(stored.key) };
    this.uncovered = names.filter((name) => !isCovered(name, stored.names));
    const configured = names.filter((name) => !this.uncovered.includes(name));
    const vendors = VENDOR_DOMAINS.flatMap((domain) => [domain, `*.${domain}`]);
    this.#ownNames = [...new Set(["localhost", "127.0.0.1", "::1", ...configured, ...vendors])];
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#serverKey = {
      publicKey: pair.publicKey,
      privatePem: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
  }

  contextFor(name: string): SecureContext {
    const host = normalizeHost(name);
    const domain = host === undefined ? undefined : vendorDomainOf(host);
    if (host === undefined || domain === undefined) return this.#certificateFor(OWN).context;
    // A wildcard stands for one label, so `api.ie1.twilio.com` is covered by `*.ie1.twilio.com`.
    return this.#certificateFor(host === domain ? domain : host.slice(host.indexOf(".") + 1)).context;
  }

  ownCertificate(): { cert: string; key: string } {
    return { cert: this.#certificateFor(OWN).cert, key: this.#serverKey.privatePem };
  }

  #certificateFor(parent: string): ServerCertificate {
    const cached = this.#cache.get(parent);
    const fresh = cached !== undefined && this.#clock.nowMs() < cached.renewAtMs ? cached : this.#mint(parent);
    // To the end of the order in which they are dropped.
    this.#cache.delete(parent);
    this.#cache.set(parent, fresh);
    if (this.#cache.size > MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value ?? "");
    return fresh;
  }

  #mint(parent: string): ServerCertificate {
    const nowMs = this.#clock.nowMs();
    const names = parent === OWN ? this.#ownNames : [`*.${parent}`, parent];
    const validity: Validity = {
      fromMs: nowMs - BACKDATED_MS,
      untilMs: Math.min(nowMs + SERVER_LIFETIME_MS, this.validUntilMs),
    };
    const cert = mintServer(this.#issuer, validity, { names, publicKey: this.#serverKey.publicKey });
    const context = createSecureContext({ cert, key: this.#serverKey.privatePem });
    return { cert, context, renewAtMs: nowMs + SERVER_LIFETIME_MS - SERVER_RENEWAL_MS };
  }
}

async function readStored(path: string): Promise<Stored | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const stored = JSON.parse(text) as Stored;
    if (
      new X509Certificate(stored.certificate).checkPrivateKey(createPrivateKey(stored.key)) &&
      Array.isArray(stored.names)
    )
      return stored;
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path, undefined);
}

function damaged(path: string, cause: unknown): Error {
  return new Error(
    `${path} is damaged. Remove it to make a new certificate authority, which programs then have to trust anew.`,
    { cause },
  );
}

async function createStored(path: string, names: readonly string[], nowMs: number): Promise<Stored> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Different for each, so that a client that trusts several finds the right one.
  const commonName = `Trunkline local CA ${randomBytes(4).toString("hex")}`;
  const validity: Validity = { fromMs: nowMs - BACKDATED_MS, untilMs: nowMs + AUTHORITY_LIFETIME_MS };
  const allowed = {
    domains: [...VENDOR_DOMAINS, "localhost", ...names.filter((name) => isIP(name) === 0)],
    addresses: names.filter((name) => isIP(name) !== 0),
  };
  const certificate = mintAuthority({ commonName, key: privateKey }, validity, allowed);
  const stored: Stored = { names, certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
  const temporary = await writeTemporary(path, JSON.stringify(stored, undefined, 2), 0o600);
  try {
    // Unlike a rename this fails when another process was quicker; then its authority is the one.
    await link(temporary, path);
    return stored;
  } catch (error) {
    const theirs = (error as NodeJS.ErrnoException).code === "EEXIST" ? await readStored(path) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function publish(path: string, pem: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => "")) === pem) return;
  await rename(await writeTemporary(path, pem, 0o644), path);
}

async function writeTemporary(beside: string, text: string, mode: number): Promise<string> {
  const path = `${beside}.${randomBytes(6).toString("hex")}`;
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

function validUntil(stored: Stored): number {
  return Date.parse(new X509Certificate(stored.certificate).validTo);
}

function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? "";
}

/** Whether an authority that was made for `allowed` may sign `name`. */
function isCovered(name: string, allowed: readonly string[]): boolean {
  if (isIP(name) !== 0) return isLoopback(name) || allowed.includes(name);
  return [...VENDOR_DOMAINS, "localhost", ...allowed].some((domain) => name === domain || name.endsWith(`.${domain}`));
}

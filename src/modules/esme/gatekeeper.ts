import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { CommandStatus } from "../../protocols/smpp/index.ts";
import type { Authenticator, Principal } from "../../platform/http/index.ts";
import type { Clock, Logger } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { BindRequest } from "../../platform/smpp/index.ts";
import type { AccountDirectory } from "../accounts/index.ts";
import type { BindGrant } from "./bind.ts";
import type { CredentialBook } from "./credential-book.ts";
import { DEFAULT_SETTINGS, type CredentialSettings } from "./credential.ts";
import { FailureTable } from "./failure-table.ts";
import { hostOfPeer, isWithin } from "./peer-address.ts";

export interface GatekeeperDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SecretBox;
  readonly book: CredentialBook;
  readonly authenticator: Authenticator;
  readonly accounts: AccountDirectory;
  readonly maxBindsPerAccount: number;
  /** The bound sessions that there are, and those that are granted but not bound yet. */
  readonly countBinds: (by: { readonly systemId?: string; readonly accountSid?: string }) => number;
}

/** Whether a bind is granted, or the command_status that refuses it. */
export type Judgement = { readonly grant: BindGrant } | { readonly refusal: number };

/** Every refusal takes this long, whatever was wrong, so that its time tells nothing. */
const REFUSAL_MS = 1_000;
const MAX_FAILING_ADDRESSES = 10_000;
const MAX_FAILING_SYSTEM_IDS = 10_000;
const MAX_TRUSTED = 10_000;
/** Further than any system id, SID or token reaches. */
const MAX_CREDENTIAL_CHARACTERS = 128;
/** What is digested where there is no such system id, so that it costs the same. */
const NOBODY = "nobody";

/** Decides who may bind: SMPP credentials, or an account SID or API key with its own secret. */
export class Gatekeeper {
  private readonly deps: GatekeeperDeps;
  private readonly addresses: FailureTable;
  private readonly systemIds: FailureTable;
  /** System id and address that bound before, as an allowed range also says: strangers who try the system id elsewhere do not lock it out here. */
  private readonly trusted = new Set<string>();

  constructor(deps: GatekeeperDeps) {
    this.deps = deps;
    this.addresses = new FailureTable(deps.clock, MAX_FAILING_ADDRESSES);
    this.systemIds = new FailureTable(deps.clock, MAX_FAILING_SYSTEM_IDS);
  }

  /** Judges a bind. Rejects where it cannot tell. */
  async judge(request: BindRequest): Promise<Judgement> {
    const { clock } = this.deps;
    const startedMs = clock.monotonicMs();
    const judgement = await this.decide(request);
    if ("refusal" in judgement) {
      const leftMs = REFUSAL_MS - (clock.monotonicMs() - startedMs);
      await new Promise<void>((resolve) => clock.after(Math.max(0, leftMs), resolve));
    }
    return judgement;
  }

  private async decide(request: BindRequest): Promise<Judgement> {
    const { systemId, password, peer } = request;
    const host = hostOfPeer(peer);
    const pair = `${systemId}\n${host}`;
    const ranges = this.deps.book.find(systemId)?.allowedCidrs ?? [];
    const isTrusted = this.trusted.has(pair) || isWithin(host, ranges);
    if (!isTrusted && !(this.addresses.mayTry(host) && this.systemIds.mayTry(systemId))) {
      this.deps.logger.warn("esme.bind.too-many-failures", { peer, systemId: systemId.slice(0, 34) });
      return { refusal: CommandStatus.ESME_RBINDFAIL };
    }
    if (systemId === "" || systemId.length > MAX_CREDENTIAL_CHARACTERS || password.length > MAX_CREDENTIAL_CHARACTERS) {
      this.addresses.note(host);
      return { refusal: CommandStatus.ESME_RINVSYSID };
    }
    const grant = await this.identify(request);
    if (grant === undefined) {
      this.addresses.note(host);
      if (!isTrusted) this.systemIds.note(systemId);
      return { refusal: CommandStatus.ESME_RINVPASWD };
    }
    this.trust(pair);
    const refusal = await this.refusalOf(grant, host);
    return refusal === undefined ? { grant } : { refusal };
  }

  private trust(pair: string): void {
    this.trusted.delete(pair);
    this.trusted.add(pair);
    if (this.trusted.size <= MAX_TRUSTED) return;
    for (const oldest of this.trusted) {
      this.trusted.delete(oldest);
      return;
    }
  }

  /** What holds beside the password: the account's status, where from, and how many. */
  private async refusalOf(grant: BindGrant, host: string): Promise<number | undefined> {
    const { accounts, countBinds, maxBindsPerAccount } = this.deps;
    const { systemId, accountSid, settings } = grant;
    if ((await accounts.status(accountSid)) !== "active") return CommandStatus.ESME_RBINDFAIL;
    if (settings.allowedCidrs.length > 0 && !isWithin(host, settings.allowedCidrs)) return CommandStatus.ESME_RBINDFAIL;
    if (countBinds({ systemId }) >= settings.maxBinds) return CommandStatus.ESME_RALYBND;
    return countBinds({ accountSid }) >= maxBindsPerAccount ? CommandStatus.ESME_RALYBND : undefined;
  }

  private identify(request: BindRequest): Promise<BindGrant | undefined> {
    const { systemId } = request;
    const isApiName = isSid(systemId, "AC") || isSid(systemId, "SK");
    return isApiName ? this.identifyCaller(request) : Promise.resolve(this.identifyCredential(request));
  }

  private identifyCredential({ systemId, password }: BindRequest): BindGrant | undefined {
    const { secrets, book } = this.deps;
    const known = book.find(systemId);
    const digest = secrets.digest(password, known?.sid ?? NOBODY);
    const isRight = secrets.sameDigest(known?.digest ?? digest.replaceAll(/./g, "0"), digest);
    if (known === undefined || !isRight) return undefined;
    return {
      systemId,
      accountSid: known.accountSid,
      credentialSid: known.sid,
      digest: known.digest,
      settings: known,
      stillHolds: async () => {
        const now = book.find(systemId);
        return now?.sid === known.sid && now.digest === known.digest && (await this.isActive(now.accountSid));
      },
    };
  }

  private async identifyCaller({ systemId, password }: BindRequest): Promise<BindGrant | undefined> {
    const principal = await this.authenticate(systemId, password);
    if (principal === undefined) return undefined;
    const { accountSid } = principal;
    const settings: CredentialSettings = DEFAULT_SETTINGS;
    return {
      systemId,
      accountSid,
      credentialSid: undefined,
      digest: undefined,
      settings: { ...settings, inbound: true },
      stillHolds: async () =>
        (await this.authenticate(systemId, password)) !== undefined && (await this.isActive(accountSid)),
    };
  }

  private async authenticate(username: string, password: string): Promise<Principal | undefined> {
    try {
      return await this.deps.authenticator.authenticate({ username, password });
    } catch (error) {
      // It has seen too many wrong passwords for this name, and this is one more.
      if (error instanceof AppError && error.spec.fault === "caller") return undefined;
      throw error;
    }
  }

  private async isActive(accountSid: string): Promise<boolean> {
    return (await this.deps.accounts.status(accountSid)) === "active";
  }
}

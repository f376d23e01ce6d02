import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";

/** What a password costs to try (RFC 7914 §2): `N` is 2 to the power of `logN`. */
export interface PasswordCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a tenth of a second. */
const DEFAULT_COST: PasswordCost = { logN: 15, r: 8, p: 1 };
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;
/** What a stored text may ask of this machine at the most. */
const MAX_LOG_N = 20;
const MAX_R = 16;
const MAX_P = 8;
/** Each takes a thread and its memory. */
const MAX_RUNNING = 2;
const MAX_WAITING = 32;

const BUSY: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "Too many people are signing in at once; try again shortly.",
};

/**
 * Passwords as they are stored: scrypt (RFC 7914) with its parameters in the text, so that they can
 * grow. At most two are worked on at a time and 32 wait; beyond, it rejects with 503/20503.
 */
export class Passwords {
  readonly #cost: PasswordCost;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** A text that no password fits, for users that there are not: looking them up must take as long. */
  readonly #nobody: string;

  constructor(cost: PasswordCost = DEFAULT_COST) {
    this.#cost = cost;
    this.#nobody = textOf(cost, randomBytes(SALT_OCTETS), randomBytes(HASH_OCTETS));
  }

  /** The text to store for a password. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_OCTETS);
    return textOf(this.#cost, salt, await this.#derive(password, salt, this.#cost));
  }

  /** Whether a password fits a stored text. Without one it takes as long, and does not fit. */
  async fits(password: string, stored: string | undefined): Promise<boolean> {
    const [, logN = "", r = "", p = "", salt = "", hash = ""] = FORM.exec(stored ?? this.#nobody) ?? [];
    const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
    const isSane = cost.logN >= 1 && cost.logN <= MAX_LOG_N && cost.r >= 1 && cost.r <= MAX_R && cost.p <= MAX_P;
    if (!isSane || cost.p < 1) throw new Error("a stored password cannot be read");
    const wanted = Buffer.from(hash, "base64url");
    const derived = await this.#derive(password, Buffer.from(salt, "base64url"), cost);
    return timingSafeEqual(derived, wanted) && stored !== undefined;
  }

  /** Whether a stored text was made with less work than is asked for now. */
  isWeak(stored: string): boolean {
    const [, logN = "0"] = FORM.exec(stored) ?? [];
    return Number(logN) < this.#cost.logN;
  }

  async #derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
    await this.#enter();
    try {
      const { logN, r, p } = cost;
      const N = 2 ** logN;
      const options = { N, r, p, maxmem: 128 * N * r + 128 * r * p + 1_048_576 };
      // One spelling of accented letters (NFKC), whatever keyboard they were typed on.
      return await new Promise((resolve, reject) => {
        scrypt(password.normalize("NFKC"), salt, HASH_OCTETS, options, (error, key) => {
          if (error === null) resolve(key);
          else reject(error);
        });
      });
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (this.#running < MAX_RUNNING) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new AppError(BUSY));
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

function textOf({ logN, r, p }: PasswordCost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

import { hashText } from "./hash-text.ts";
import { newBaseline, Profile, type Baseline } from "./profile.ts";

/** The profiles of the accounts that sent last. One that gives way is kept in the database, if it was written in time. */
export class ProfileBook {
  readonly max: number;
  private readonly profiles = new Map<string, Profile>();

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.profiles.size;
  }

  of(accountSid: string): Profile {
    const known = this.profiles.get(accountSid);
    if (known !== undefined) return known;
    return this.put(accountSid, newBaseline());
  }

  put(accountSid: string, baseline: Baseline): Profile {
    const profile = new Profile(accountSid, hashText(accountSid), baseline);
    if (this.profiles.size >= this.max) this.drop();
    this.profiles.set(accountSid, profile);
    return profile;
  }

  forget(accountSids: readonly string[]): void {
    for (const accountSid of accountSids) this.profiles.delete(accountSid);
  }

  /** At most `max` profiles that have changed since they were last asked for. */
  takeChanged(max: number): Profile[] {
    const taken: Profile[] = [];
    for (const profile of this.profiles.values()) {
      if (!profile.isChanged) continue;
      profile.isChanged = false;
      taken.push(profile);
      if (taken.length === max) break;
    }
    return taken;
  }

  /** Of the first few in the order in which they came, the one that sent longest ago; it goes on at the end else. */
  private drop(): void {
    let oldest: Profile | undefined;
    const looked: Profile[] = [];
    for (const profile of this.profiles.values()) {
      looked.push(profile);
      if (oldest === undefined || profile.lastMs < oldest.lastMs) oldest = profile;
      if (looked.length === 8) break;
    }
    for (const profile of looked) {
      this.profiles.delete(profile.accountSid);
      if (profile !== oldest) this.profiles.set(profile.accountSid, profile);
    }
  }
}

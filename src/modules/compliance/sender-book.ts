import type { Setting, SettingIndex } from "./settings/index.ts";

/** A name that carriers of a country know as an account's. */
export interface SenderRegistration {
  readonly sender: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** What the registry there calls it. */
  readonly reference: string;
}

/** Names that were registered before, from memory. Registries compare them without regard to case or not; here they are. */
export class SenderBook implements SettingIndex {
  readonly kinds = ["sender-registration"] as const;
  private readonly registered = new Set<string>();

  clear(): void {
    this.registered.clear();
  }

  put({ accountSid, document }: Setting): void {
    const { sender, country } = document as SenderRegistration;
    this.registered.add(`${accountSid}/${country}/${sender}`);
  }

  remove({ accountSid, document }: Setting): void {
    const { sender, country } = document as SenderRegistration;
    this.registered.delete(`${accountSid}/${country}/${sender}`);
  }

  isRegistered(accountSid: string, sender: string, country: string): boolean {
    return this.registered.has(`${accountSid}/${country}/${sender}`);
  }
}

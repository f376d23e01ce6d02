import { assert } from "../../../kernel/assert.ts";
import type { DltIds } from "../compliance.ts";
import type { Setting, SettingIndex } from "../settings/index.ts";
import { matchesTemplate, readyTemplate, type ReadyTemplate } from "./template-match.ts";

/** A business as India's operators know it. */
export interface DltEntity {
  /** 19 digits. */
  readonly entityId: string;
  readonly name: string;
}

/** A sender of an entity: six letters, or six digits for promotions. */
export interface DltHeader {
  readonly entityId: string;
  readonly header: string;
}

/** A text that an entity may send. */
export interface DltTemplate {
  readonly entityId: string;
  /** 19 digits. */
  readonly templateId: string;
  readonly content: string;
  /** The headers that may send it; empty: all of the entity. */
  readonly headers: readonly string[];
  readonly category: DltCategory;
}

export const DLT_CATEGORIES = ["transactional", "service-implicit", "service-explicit", "promotional"] as const;
export type DltCategory = (typeof DLT_CATEGORIES)[number];

/** Templates that are tried for one message; those whose beginning cannot fit are not counted. */
export const MAX_TRIED = 200;
const START_CHARACTERS = 4;

interface KnownTemplate {
  readonly template: DltTemplate;
  readonly ready: ReadyTemplate;
  /** What a text of it begins with; empty where it begins with a variable. */
  readonly start: string;
}

interface AccountDlt {
  readonly entities: Set<string>;
  readonly headers: Map<string, DltHeader>;
  readonly templates: Map<string, KnownTemplate>;
  /** By the first characters of their texts. */
  readonly byStart: Map<string, KnownTemplate[]>;
}

/** What the registries know of an account's messages to India, from memory. */
export class DltBook implements SettingIndex {
  readonly kinds = ["dlt-entity", "dlt-header", "dlt-template"] as const;
  private readonly accounts = new Map<string, AccountDlt>();

  clear(): void {
    this.accounts.clear();
  }

  put({ kind, accountSid, document }: Setting): void {
    const account = this.accountOf(accountSid);
    if (kind === "dlt-entity") account.entities.add((document as DltEntity).entityId);
    if (kind === "dlt-header") account.headers.set((document as DltHeader).header.toUpperCase(), document as DltHeader);
    if (kind === "dlt-template") addTemplate(account, document as DltTemplate);
  }

  remove({ kind, accountSid, document }: Setting): void {
    const account = this.accounts.get(accountSid);
    if (account === undefined) return;
    if (kind === "dlt-entity") account.entities.delete((document as DltEntity).entityId);
    if (kind === "dlt-header") account.headers.delete((document as DltHeader).header.toUpperCase());
    if (kind === "dlt-template") removeTemplate(account, document as DltTemplate);
  }

  private accountOf(accountSid: string): AccountDlt {
    const known = this.accounts.get(accountSid);
    if (known !== undefined) return known;
    const made = { entities: new Set<string>(), headers: new Map(), templates: new Map(), byStart: new Map() };
    this.accounts.set(accountSid, made);
    return made;
  }

  hasEntity(accountSid: string, entityId: string): boolean {
    return this.accounts.get(accountSid)?.entities.has(entityId) ?? false;
  }

  /** The header, in any case: registries are strict about it, people are not. */
  header(accountSid: string, sender: string): DltHeader | undefined {
    return this.accounts.get(accountSid)?.headers.get(sender.toUpperCase());
  }

  /**
   * The template that a text is of: the one that was named, or the first of the entity that fits.
   * Of a text that might be of many, the first {@link MAX_TRIED} are looked at.
   */
  match(
    accountSid: string,
    { header, body, templateId }: { header: DltHeader; body: string; templateId: string | undefined },
  ): DltIds | undefined {
    const account = this.accounts.get(accountSid);
    if (account === undefined) return undefined;
    const fits = ({ template, ready }: KnownTemplate): boolean =>
      template.entityId === header.entityId &&
      (template.headers.length === 0 || template.headers.includes(header.header)) &&
      matchesTemplate(ready, body);
    if (templateId !== undefined) {
      const named = account.templates.get(templateId);
      return named !== undefined && fits(named) ? { entityId: header.entityId, templateId } : undefined;
    }
    let tried = 0;
    for (const start of [body.slice(0, START_CHARACTERS), ""]) {
      for (const known of account.byStart.get(start) ?? []) {
        if (tried >= MAX_TRIED) return undefined;
        tried += 1;
        if (fits(known)) return { entityId: header.entityId, templateId: known.template.templateId };
      }
    }
    return undefined;
  }
}

function addTemplate(account: AccountDlt, template: DltTemplate): void {
  const ready = readyTemplate(template.content);
  const first = ready.pieces[0];
  assert(first !== undefined, "a template has something that is fixed");
  const isFixed = first.variables === 0 && first.text.length >= START_CHARACTERS;
  const known = { template, ready, start: isFixed ? first.text.slice(0, START_CHARACTERS) : "" };
  account.templates.set(template.templateId, known);
  const same = account.byStart.get(known.start);
  if (same === undefined) account.byStart.set(known.start, [known]);
  else same.push(known);
}

function removeTemplate(account: AccountDlt, { templateId }: DltTemplate): void {
  const known = account.templates.get(templateId);
  if (known === undefined) return;
  account.templates.delete(templateId);
  const left = (account.byStart.get(known.start) ?? []).filter((other) => other !== known);
  if (left.length === 0) account.byStart.delete(known.start);
  else account.byStart.set(known.start, left);
}

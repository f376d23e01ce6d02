import type { DltIds } from "../compliance.ts";

/** The vendor TLVs that a carrier wants India's ids in, by tag (SMPP 3.4 §5.3.2: 0x1400 to 0x3fff are the vendors'). */
export interface DltTags {
  readonly entityId: number;
  readonly templateId: number;
  /** The chain of telemarketers, hashed, where the operator wants it. */
  readonly chainHash?: number;
  /** What goes into it: agreed with the operator once, the same for all messages. */
  readonly chainHashText?: string;
}

/**
 * What most operators take. They differ: there are ten registries, each with its own portal and
 * habits, and what carries the template with one carries the entity with another. So each
 * carrier may have its own.
 */
export const COMMON_TAGS: DltTags = { entityId: 0x1400, templateId: 0x1401, chainHash: 0x1402 };

/** The TLVs of a message for one carrier, tag (decimal) to text. */
export function dltTlvs(tags: DltTags, { entityId, templateId }: DltIds): Readonly<Record<string, string>> {
  const tlvs: Record<string, string> = {
    [String(tags.entityId)]: entityId,
    [String(tags.templateId)]: templateId,
  };
  if (tags.chainHash !== undefined && tags.chainHashText !== undefined) {
    tlvs[String(tags.chainHash)] = tags.chainHashText;
  }
  return tlvs;
}

/** What a refusal of an Indian operator is about, by the code of its scrubbing. */
export type DltFamily = "entity" | "telemarketer" | "header" | "template" | "consent-or-preference" | "other";

/**
 * The family of a scrubbing error: 600 to 609 the entity, 610 to 619 the telemarketer and its
 * chain, 620 to 629 the header, 630 to 639 the template, 640 to 669 consent and preference.
 */
export function dltFamily(code: number): DltFamily | undefined {
  if (!Number.isInteger(code) || code < 600 || code > 699) return undefined;
  if (code < 610) return "entity";
  if (code < 620) return "telemarketer";
  if (code < 630) return "header";
  if (code < 640) return "template";
  return code < 670 ? "consent-or-preference" : "other";
}

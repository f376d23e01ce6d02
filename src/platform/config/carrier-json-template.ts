/** JSON whose strings have placeholders. */
import type { ScalarType } from "./schema.ts";
import type { Template, TemplateValues } from "./carrier-template.ts";
import { parseTemplate, renderTemplate, showPlaceholders } from "./carrier-template.ts";

const MAX_JSON_CHARACTERS = 16_384;
const MAX_DEPTH = 16;

type Node =
  | { readonly kind: "text"; readonly template: Template }
  | { readonly kind: "fixed"; readonly json: string }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "map"; readonly members: readonly { readonly key: string; readonly value: Node }[] };

/** A JSON document that was read and checked. */
export interface JsonTemplate {
  /** As written. */
  readonly source: string;
  readonly root: Node;
}

/**
 * Reads a JSON document with placeholders in its strings. A value that is nothing but
 * `{part|number}` becomes a number, one that is nothing but `{udh-hex|optional}` is left
 * out where it is empty. `undefined` where it is not valid.
 */
export function parseJsonTemplate(source: string): JsonTemplate | undefined {
  if (source.length > MAX_JSON_CHARACTERS) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return undefined;
  }
  const root = compile(value, 0);
  return root === undefined ? undefined : { source, root };
}

function compile(value: unknown, depth: number): Node | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === "string") {
    const template = parseTemplate(value, "json");
    return template === undefined ? undefined : { kind: "text", template };
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compile(item, depth + 1));
    return items.includes(undefined) ? undefined : { kind: "list", items: items as Node[] };
  }
  if (typeof value !== "object" || value === null) return { kind: "fixed", json: JSON.stringify(value) };
  const members = Object.entries(value).map(([key, member]) => ({ key, value: compile(member, depth + 1) }));
  if (members.some((member) => member.value === undefined)) return undefined;
  return { kind: "map", members: members as { key: string; value: Node }[] };
}

/** The document with its placeholders filled. */
export function renderJson(template: JsonTemplate, values: TemplateValues): string {
  return write(template.root, values) ?? "null";
}

/** `undefined` for what is left out. */
function write(node: Node, values: TemplateValues): string | undefined {
  switch (node.kind) {
    case "fixed":
      return node.json;
    case "text": {
      const text = renderTemplate(node.template, values);
      if (text === "" && node.template.isOptional) return undefined;
      if (node.template.isNumber) return /^-?(0|[1-9]\d{0,29})$/.test(text) ? text : "null";
      return JSON.stringify(text);
    }
    case "list": {
      const items = node.items.map((item) => write(item, values)).filter((item) => item !== undefined);
      return `[${items.join(",")}]`;
    }
    case "map": {
      const members: string[] = [];
      for (const { key, value } of node.members) {
        const written = write(value, values);
        if (written !== undefined) members.push(`${JSON.stringify(key)}:${written}`);
      }
      return `{${members.join(",")}}`;
    }
  }
}

/** A setting that holds a JSON document with placeholders. */
export function jsonTemplate(): ScalarType<JsonTemplate> {
  return {
    kind: "scalar",
    expected: `a JSON document in a text, in its strings the placeholders ${showPlaceholders()}`,
    read: parseJsonTemplate,
    show: ({ source }) => source,
  };
}

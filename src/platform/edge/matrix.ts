import { ROUTE_CLASSES, type RouteClass } from "./route-classes.ts";
import { STAGE_NAMES, type StageName } from "./stage.ts";

/**
 * Which class passes which stage. The order is that of `STAGE_NAMES`, the same for all.
 * `host`, `request-id` and `syntax` are for all, because what follows believes what they
 * have checked.
 */
export const STAGE_MATRIX: Readonly<Record<StageName, readonly RouteClass[] | "all">> = {
  host: "all",
  "request-id": "all",
  refuse: ["internal"],
  syntax: "all",
  address: ["priority-create", "create", "write", "read", "bulk", "operator", "control", "public", "link", "console"],
  authenticate: ["priority-create", "create", "write", "read", "bulk", "operator", "control"],
  limit: ["priority-create", "create", "write", "read", "bulk", "operator", "control", "public", "link", "console"],
  idempotency: ["priority-create", "create", "bulk"],
  route: ["priority-create", "create", "write", "read", "bulk", "operator", "control", "public", "link"],
  body: ["priority-create", "create", "write", "read", "bulk", "operator", "control", "public", "link"],
  shed: ["priority-create", "create", "write", "read", "bulk", "operator", "public", "link"],
  forward: [
    "priority-create",
    "create",
    "write",
    "read",
    "bulk",
    "operator",
    "control",
    "public",
    "link",
    "console",
    "own",
  ],
};

/** Whether requests of a class pass a stage. */
export function passes(routeClass: RouteClass, stage: StageName): boolean {
  const classes = STAGE_MATRIX[stage];
  return classes === "all" || classes.includes(routeClass);
}

/** The matrix as a Markdown table: the one in docs/subsystems/edge.md, which a test holds to this. */
export function describeMatrix(): string {
  const classes = Object.keys(ROUTE_CLASSES) as RouteClass[];
  const rows = classes.map((routeClass) => {
    const marks = STAGE_NAMES.map((stage) => (passes(routeClass, stage) ? "●" : ""));
    return `| \`${routeClass}\` | ${marks.join(" | ")} |`;
  });
  const head = `| class | ${STAGE_NAMES.join(" | ")} |`;
  return [head, `| --- |${" :-: |".repeat(STAGE_NAMES.length)}`, ...rows].join("\n");
}

/** The classes and what is promised to each, as a Markdown table. */
export function describeClasses(): string {
  const rows = Object.entries(ROUTE_CLASSES).map(([name, { what, priority, maxBodyOctets }]) => {
    return `| \`${name}\` | ${what} | ${priority} | ${maxBodyOctets} |`;
  });
  return ["| class | what | priority | octets of a body |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

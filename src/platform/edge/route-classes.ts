/**
 * What kind of request it is, for the stages: which of them it passes, what it is
 * limited as, and who goes first when a cell has too much to do.
 */
export type RouteClass =
  | "priority-create"
  | "create"
  | "write"
  | "read"
  | "bulk"
  | "operator"
  | "control"
  | "public"
  | "link"
  | "console"
  | "own"
  | "internal";

/** Who goes first. A cell that has too much to do refuses the higher numbers sooner. */
export type Priority = 0 | 1 | 2 | 3;

/** What is said of a class. */
export interface ClassTraits {
  readonly what: string;
  /** 0: one-time codes and emergencies; 1: creates; 2: reads and everything else; 3: bulk. */
  readonly priority: Priority;
  /** Whether how long its answers take says how busy the cell is; not where that depends on the size of the request. */
  readonly isYardstick: boolean;
  /** The longest body that is passed on; routes may take less. */
  readonly maxBodyOctets: number;
}

const MIB = 1_048_576;

/** All classes, in the order of the documentation. */
export const ROUTE_CLASSES: Readonly<Record<RouteClass, ClassTraits>> = {
  "priority-create": {
    what: "creates that somebody waits for: verifications; messages with an urgent `MessageIntent`",
    priority: 0,
    isYardstick: true,
    maxBodyOctets: MIB,
  },
  create: { what: "`POST` to a list", priority: 1, isYardstick: true, maxBodyOctets: MIB },
  write: {
    what: "`POST` to an instance, `PUT`, `PATCH`, `DELETE`",
    priority: 2,
    isYardstick: true,
    maxBodyOctets: MIB,
  },
  read: { what: "`GET` and `HEAD`", priority: 2, isYardstick: true, maxBodyOctets: 65_536 },
  bulk: { what: "many creates in one request", priority: 3, isYardstick: false, maxBodyOctets: 8 * MIB },
  operator: {
    what: "`/trunkline/v1/…`, answered by a cell",
    priority: 2,
    isYardstick: false,
    maxBodyOctets: 64 * MIB,
  },
  control: {
    what: "`/trunkline/v1/…`, answered by the control process: cells, homes, moves",
    priority: 2,
    isYardstick: false,
    maxBodyOctets: MIB,
  },
  public: {
    what: "what needs no credentials: content of media, callbacks of carriers, the simulator",
    priority: 2,
    isYardstick: false,
    maxBodyOctets: MIB,
  },
  link: {
    what: "whatever is asked of a link domain: redirects, the password of a link",
    priority: 2,
    isYardstick: false,
    maxBodyOctets: 4_096,
  },
  console: {
    what: "the web console: its pages (`GET /` leads browsers to them), and what they ask of its door; what that asks of the API comes once more",
    priority: 2,
    isYardstick: false,
    maxBodyOctets: 8 * MIB,
  },
  own: { what: "health and metrics of this process", priority: 0, isYardstick: false, maxBodyOctets: 65_536 },
  internal: { what: "between processes of the system; refused", priority: 3, isYardstick: false, maxBodyOctets: 0 },
};

/** Paths that this process answers itself. */
const OWN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);
const INTERNAL = "/trunkline/internal";
const OPERATOR = "/trunkline/";
const CONSOLE = /^\/console(?:\/|$)/;
const CONTROL =
  /^\/trunkline\/v1\/(?:Fleet|Cells|Moves|NumberPool|Accounts(?=$)|Accounts\/[^/]+\/(?:Home|Moves?))(?:[/.]|$)/;
/** The app that answers texts of the simulated phones, which every process that has a door answers itself. */
const ECHO = "/simulator/echo";
const PUBLIC = /^\/(?:carriers|cells|simulator)\//;
/** Without an extension it is the content, for anybody who knows the address. */
const MEDIA_CONTENT = /\/Media\/ME[0-9a-f]{32}$/;
const SID_AT_END = /\/[A-Z]{2}[0-9a-f]{32}(?:\.[a-z]{3,4})?$/;
const BULK = /\/Bulk(?:\.json|\.xml)?$/;
const VERIFICATION = /\/v2\/Services\/[^/]+\/Verifications(?:\.json|\.xml)?$/;
const MESSAGES = /\/Messages(?:\.json|\.xml)?$/;

/** Values of `MessageIntent` whose messages go in the urgent lane. */
const URGENT_INTENTS: ReadonlySet<string> = new Set(["otp", "emergency", "fraud", "security"]);
const INTENT = "MessageIntent=";
/** How far into a body is looked for what it is for. */
const MAX_PEEKED_OCTETS = 4_096;
const AMPERSAND = 0x26;

/** The class of a request, from its method and its path. That of requests to link domains follows from their host. */
export function classOf(method: string, pathname: string): RouteClass {
  if (pathname.startsWith(OPERATOR)) {
    if (pathname.startsWith(INTERNAL)) return "internal";
    return CONTROL.test(pathname) ? "control" : "operator";
  }
  if (CONSOLE.test(pathname)) return "console";
  if (method === "GET" || method === "HEAD") {
    if (pathname === "/") return "console";
    if (OWN_PATHS.has(pathname)) return "own";
    return MEDIA_CONTENT.test(pathname) || PUBLIC.test(pathname) ? "public" : "read";
  }
  if (pathname === ECHO) return "own";
  if (PUBLIC.test(pathname)) return "public";
  if (method !== "POST" || SID_AT_END.test(pathname)) return "write";
  if (BULK.test(pathname)) return "bulk";
  return VERIFICATION.test(pathname) ? "priority-create" : "create";
}

/**
 * Whether a new message is urgent, by what it says that it is for. Costs one search of a short text, so only a
 * body that came with its head is looked at.
 */
export function isUrgent(pathname: string, body: Buffer | undefined): boolean {
  if (body === undefined || body.length > MAX_PEEKED_OCTETS || !MESSAGES.test(pathname)) return false;
  const at = body.indexOf(INTENT, 0, "latin1");
  if (at < 0 || (at > 0 && body[at - 1] !== AMPERSAND)) return false;
  const start = at + INTENT.length;
  const end = body.indexOf(AMPERSAND, start);
  return URGENT_INTENTS.has(body.toString("latin1", start, end < 0 ? body.length : end));
}

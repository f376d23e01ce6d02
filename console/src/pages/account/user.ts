/** The path of the people who may sign in. */
export const USERS = "/trunkline/v1/Console/Users";
/** People belong to the main account, whichever is selected. */
export const MAIN = { account: null } as const;

/** An item of `Console/Users`. */
export interface ConsoleUser {
  readonly sid: string;
  readonly email: string | null;
  readonly friendly_name: string;
  readonly role: string;
  readonly status: "invited" | "active" | "suspended";
  /** Stands for whoever has the account's credentials. */
  readonly is_account: boolean;
  readonly has_password: boolean;
  readonly has_totp: boolean;
  readonly date_created: string;
  readonly date_last_sign_in: string | null;
}

/** The roles, the most powerful first, and what each is for. */
export const ROLES = [
  { value: "owner", label: "Owner", description: "Everything, other owners included" },
  { value: "admin", label: "Admin", description: "Everything but what concerns owners" },
  { value: "developer", label: "Developer", description: "Sends, buys numbers, changes services and webhooks" },
  { value: "billing", label: "Billing", description: "Money and usage alone" },
  { value: "support", label: "Support", description: "Reads messages and errors, and changes nothing" },
] as const;

/** The roles that somebody may give: none above one's own. */
export function rolesFor(role: string): readonly (typeof ROLES)[number][] {
  const own = ROLES.findIndex(({ value }) => value === role);
  return own < 0 || own > 1 ? [] : ROLES.slice(own);
}

/** How a user is called: by name, else by address. */
export function nameOf({ friendly_name: name, email }: Pick<ConsoleUser, "friendly_name" | "email">): string {
  return name !== "" ? name : (email ?? "Somebody without a name");
}

/** Marks of browsers; those that carry the marks of others come first. */
const BROWSERS: readonly (readonly [mark: string, name: string])[] = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];

/** The browser and system of a `User-Agent`, in words; the beginning of it where they are not known. */
export function describeAgent(agent: string | null): string {
  if (agent === null || agent === "") return "unknown";
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1];
  const system = /\b(Windows|Android|iPhone|iPad|Mac OS X|Linux)\b/.exec(agent)?.[1];
  if (browser === undefined) return agent.slice(0, 40);
  return system === undefined ? browser : `${browser} on ${system === "Mac OS X" ? "macOS" : system}`;
}

/** What somebody is in an account, the most powerful first. */
export const ROLES = ["owner", "admin", "developer", "billing", "support"] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** Who stands above whom: owner, admin, then all others beside each other. */
const RANKS: Readonly<Record<Role, number>> = { owner: 3, admin: 2, developer: 1, billing: 1, support: 1 };

/** Whether a text names a role. */
export function isRole(text: unknown): text is Role {
  return (ROLES as readonly unknown[]).includes(text);
}

/** How high a role stands; nobody may give one that stands above his own. */
export function rankOf(role: Role): number {
  return RANKS[role];
}

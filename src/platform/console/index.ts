/** What the console's door, the cells behind it and those who authenticate have in common. */
export { isRole, rankOf, ROLES, type Role } from "./roles.ts";
export { SignedStatements, type StatementReading } from "./signed-statements.ts";
export { SessionTokens, type SessionClaims } from "./session-tokens.ts";
export { isTicket, TICKET_LIFE_MS, Tickets, type TicketClaims } from "./tickets.ts";
export { Passwords, type PasswordCost } from "./passwords.ts";
export type { OneTimeCodes, StaticFile, StaticFiles } from "./ports.ts";
export type { ConsoleViewer } from "./viewer.ts";

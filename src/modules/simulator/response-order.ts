import type { ServerSession } from "../../platform/smpp/index.ts";
import type { Agenda } from "./agenda.ts";

/** How long a response is held back at most while no other overtakes it, and how many of a session are. */
const HOLD_MS = 100;
const MAX_HELD = 10;

/** Lets responses overtake each other: those that are held back leave behind the next one of their session, last first. */
export class ResponseOrder {
  private readonly agenda: Agenda;
  private readonly held = new WeakMap<ServerSession, (() => void)[]>();

  constructor(agenda: Agenda) {
    this.agenda = agenda;
  }

  /** Gives a response, now or held back. */
  give(session: ServerSession, isHeld: boolean, answer: () => void): void {
    if (!isHeld) {
      answer();
      return this.release(session);
    }
    const held = this.held.get(session);
    if (held === undefined) {
      this.held.set(session, [answer]);
      return this.agenda.after(HOLD_MS, () => this.release(session));
    }
    held.push(answer);
    if (held.length >= MAX_HELD) this.release(session);
  }

  private release(session: ServerSession): void {
    const held = this.held.get(session);
    if (held === undefined) return;
    this.held.delete(session);
    for (const answer of held.reverse()) answer();
  }
}

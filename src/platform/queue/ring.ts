/** A member of a ring, in one ring at a time. The ring alone sets the links. */
export class RingMember<T> {
  next: T | undefined = undefined;
  prev: T | undefined = undefined;

  /** Sets whom it stands between. */
  link(prev: T | undefined, next: T | undefined): void {
    this.prev = prev;
    this.next = next;
  }
}

/** Members in a circle with one whose turn it is. Everything takes constant time. */
export class Ring<T extends RingMember<T>> {
  /** Whose turn it is; `undefined` where the ring is empty. */
  cursor: T | undefined = undefined;
  size = 0;

  /** Adds a member whose turn comes after that of all others. */
  append(member: T): void {
    const first = this.cursor;
    this.size += 1;
    if (first === undefined) {
      member.link(member, member);
      this.cursor = member;
      return;
    }
    const last = first.prev as T;
    member.link(last, first);
    last.next = member;
    first.prev = member;
  }

  /** Takes a member out; where it was its turn, it is the next one's. */
  remove(member: T): void {
    const prev = member.prev as T;
    const next = member.next as T;
    if (this.cursor === member) this.cursor = next === member ? undefined : next;
    prev.next = next;
    next.prev = prev;
    member.link(undefined, undefined);
    this.size -= 1;
  }

  /** Gives the turn to the next one. */
  advance(): void {
    this.cursor = this.cursor?.next;
  }
}

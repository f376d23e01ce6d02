import { assert } from "../../kernel/assert.ts";
import type { GossipListener, Member } from "./view.ts";

/** The most listeners of a view: they are parts of the program, of which there are few. */
const MAX_LISTENERS = 256;

interface KeyListener {
  readonly prefix: string;
  readonly listener: GossipListener;
}

/** Who wants to hear of a view's changes. */
export class Listeners {
  #keys: readonly KeyListener[] = [];
  #members: readonly ((member: Member) => void)[] = [];

  onChange(prefix: string, listener: GossipListener): () => void {
    assert(this.#keys.length < MAX_LISTENERS, `more than ${MAX_LISTENERS} listeners to gossip`);
    const added = { prefix, listener };
    this.#keys = [...this.#keys, added];
    return () => {
      this.#keys = this.#keys.filter((one) => one !== added);
    };
  }

  onMember(listener: (member: Member) => void): () => void {
    assert(this.#members.length < MAX_LISTENERS, `more than ${MAX_LISTENERS} listeners to members`);
    // A function of its own, so that one that is added twice can be removed once.
    const added = (member: Member): void => listener(member);
    this.#members = [...this.#members, added];
    return () => {
      this.#members = this.#members.filter((one) => one !== added);
    };
  }

  /** Whether anybody listens to this key, so that nothing is made ready for nobody. */
  hears(key: string): boolean {
    return this.#keys.some(({ prefix }) => key.startsWith(prefix));
  }

  changed(member: Member, key: string, value: string | undefined): void {
    for (const { prefix, listener } of this.#keys) if (key.startsWith(prefix)) listener(member, key, value);
  }

  memberChanged(member: Member): void {
    for (const listener of this.#members) listener(member);
  }
}

import type { GossipView, MemberRole } from "../gossip/index.ts";
import { hashOfKey, mix } from "./key-hash.ts";

/** Members beyond this own nothing: the cost of finding an owner grows with them. */
export const MAX_OWNERS = 256;

/** Among whom keys are shared out. */
export interface OwnersOptions {
  readonly gossip: GossipView;
  readonly role: MemberRole;
  readonly region: string;
}

/**
 * Who owns a key, by rendezvous hashing (Thaler and Ravishankar 1998): every member gets
 * a mark for the key, and the highest has it. Who leaves gives away only its own keys, and
 * equally to all others. Members count that are not dead; two processes that do not
 * know of the same ones may name different owners.
 */
export class Owners {
  readonly #options: OwnersOptions;
  readonly #stop: () => void;
  #ids: readonly string[] = [];
  #marks = new Int32Array(0);

  constructor(options: OwnersOptions) {
    this.#options = options;
    this.#stop = options.gossip.onMember(() => this.#readMembers());
    this.#readMembers();
  }

  /** Those who own keys now, in order. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** The member that owns the key of a hash; `undefined` where there is none. */
  ownerOf(hash: number): string | undefined {
    const marks = this.#marks;
    let owner = -1;
    let highest = -1;
    for (let at = 0; at < marks.length; at += 1) {
      const mark = mix(hash ^ (marks[at] as number)) >>> 0;
      if (mark <= highest) continue;
      highest = mark;
      owner = at;
    }
    return this.#ids[owner];
  }

  close(): void {
    this.#stop();
  }

  #readMembers(): void {
    const { gossip, role, region } = this.#options;
    const ids: string[] = [];
    for (const member of gossip.members()) {
      if (member.role === role && member.region === region && member.status !== "dead") ids.push(member.id);
    }
    this.#ids = ids.sort().slice(0, MAX_OWNERS);
    this.#marks = Int32Array.from(this.#ids, (id) => hashOfKey(id, 0));
  }
}

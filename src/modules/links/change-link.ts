import { AppError } from "../../kernel/errors.ts";
import { seldom } from "./create-links.ts";
import type { LinkDeps } from "./deps.ts";
import { linkErrors } from "./errors.ts";
import { addressOf, type Link, type LinkStatus } from "./link.ts";
import type { LinkChanged, LinkRemoved } from "./link-machine.ts";
import { findLinkBySid } from "./link.store.ts";
import { checkTarget } from "./url-rules.ts";

/** What is to change; what is `undefined` stays. Empty texts and lists are taken away. */
export interface LinkChange {
  readonly url: string | undefined;
  readonly status: LinkStatus | undefined;
  readonly expiresAtMs: number | undefined;
  readonly password: string | undefined;
  readonly title: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly isPermanent: boolean | undefined;
}

/** Whose link, and which. */
export interface LinkTarget {
  readonly accountSid: string;
  readonly sid: string;
}

/** Links that are being changed. One writer a cell, so this is all that two changes at once need. */
const underWay = new WeakMap<LinkDeps, Set<string>>();

/** Changes a link, durably. `undefined` where the account has none of that SID. */
export function changeLink(deps: LinkDeps, target: LinkTarget, change: LinkChange): Promise<Link | undefined> {
  return alone(deps, target, async (link) => {
    if (change.url !== undefined) checkTarget(change.url, deps.domains);
    const changed = applied(deps, link, change);
    const record: LinkChanged = { kind: "link.changed", link: changed };
    await deps.cell().commit(record);
    return changed;
  });
}

function applied(deps: LinkDeps, link: Readonly<Link>, change: LinkChange): Link {
  const { title = link.title, tags = link.tags ?? [], isPermanent = link.isPermanent ?? false, password } = change;
  const { title: _title, tags: _tags, password: known, isPermanent: _permanent, ...rest } = link;
  const added = seldom(deps, link.sid, { title, tags, password, isPermanent });
  return {
    ...rest,
    url: change.url ?? link.url,
    status: change.status ?? link.status,
    expiresAtMs: change.expiresAtMs ?? link.expiresAtMs,
    revision: link.revision + 1,
    ...added,
    ...(password === undefined && known !== undefined ? { password: known } : {}),
  };
}

/** Deletes a link, durably. False where the account has none of that SID. Its code is not given out again; its slug may be. */
export async function removeLink(deps: LinkDeps, target: LinkTarget): Promise<boolean> {
  const removed = await alone(deps, target, async (link) => {
    const record: LinkRemoved = { kind: "link.removed", link };
    await deps.cell().commit(record);
    return link;
  });
  return removed !== undefined;
}

async function alone(
  deps: LinkDeps,
  target: LinkTarget,
  work: (link: Link) => Promise<Link>,
): Promise<Link | undefined> {
  const busy = underWay.get(deps) ?? new Set<string>();
  underWay.set(deps, busy);
  if (busy.has(target.sid)) throw new AppError(linkErrors.changedMeanwhile);
  busy.add(target.sid);
  try {
    const found = await findLinkBySid(deps, target);
    if (found === undefined || found.isAway === true) return undefined;
    // What memory and index have is never older than the row that was read.
    return await work(deps.book.find(addressOf(found)) ?? found);
  } finally {
    busy.delete(target.sid);
  }
}

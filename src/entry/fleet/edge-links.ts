import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../adapters/system/index.ts";
import { GOSSIP_DESCRIPTOR, type CellRouter } from "../../platform/cell-router/index.ts";
import { CertificateContexts } from "../../platform/certificates/index.ts";
import type { LinkFinder } from "../../platform/edge/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import { LinkCodes, linkCodeKey, LinkSites, SiteSnapshot } from "../../platform/links/index.ts";
import type { NodeParts } from "../node-parts.ts";
import type { RoleStart } from "../role-command.ts";
import { urlOf } from "./cell-calls.ts";
import { LinkSiteFollower } from "./follow-link-sites.ts";
import { signedCall } from "./signed-call.ts";

/** How long an edge that starts waits for the cells to say which link domains they have. */
const START_WAIT_MS = 2_000;

/** What an edge knows of link domains. */
export interface EdgeLinks {
  /** For its stages. */
  readonly links: LinkFinder;
  /** For its TLS ports. */
  readonly certificates: CertificateContexts;
  /** Learns from the cells from now on; resolves when it has heard of them, or has waited long enough. */
  start(): Promise<void>;
}

/** Follows the link domains of all cells, from the snapshot on. */
export async function openEdgeLinks(
  { settings, logger }: RoleStart,
  { name, secrets, fleetKey, shutdown }: NodeParts,
  { router, gossip }: { readonly router: CellRouter; readonly gossip: GossipView },
): Promise<EdgeLinks> {
  const codes = new LinkCodes(linkCodeKey(secrets));
  const sites = new LinkSites({ codes, secrets, clock: systemClock, logger });
  const follower = new LinkSiteFollower({
    clock: systemClock,
    logger,
    sites,
    snapshot: new SiteSnapshot(join(settings.data, "edges", name), logger),
    cells: () => router.cells(),
    call: ({ address }, call) => signedCall(urlOf(address), fleetKey, call),
    random: Math.random,
  });
  await follower.open();
  const stopGossip = gossip.onChange(GOSSIP_DESCRIPTOR, ({ id }) => follower.notice(id));
  shutdown.add("link domains", async () => {
    stopGossip();
    await follower.stop();
  });
  return {
    links: {
      siteOf: (host) => sites.siteOf(host),
      cellOf: (pathname) => {
        const number = sites.cellNumberOf(pathname);
        return number === undefined ? undefined : messagingCell(router, number);
      },
    },
    certificates: new CertificateContexts(sites, logger),
    start: () => Promise.race([follower.start(), sleep(START_WAIT_MS, undefined, { ref: false })]),
  };
}

function messagingCell(router: CellRouter, number: number): string | undefined {
  const isIt = (cell: ReturnType<CellRouter["cells"]>[number]): boolean =>
    cell.number === number && cell.type === "messaging" && cell.state !== "removed";
  return router.cells().find(isIt)?.name;
}

import { createHash } from "node:crypto";
import type { GossipView } from "../../platform/gossip/index.ts";
import type { Logger } from "../../platform/ports.ts";
import type { ProgramSettings } from "../carriers.ts";

/** The key under which an edge says by which settings it works. */
export const CONFIG_ROOT = "config/root";

/** One value for all settings that should be the same in all edges: two that differ admit different things. */
export function configRoot({ limits, operatorSid }: ProgramSettings): string {
  return createHash("sha256").update(JSON.stringify({ limits, operatorSid })).digest("hex").slice(0, 32);
}

/** Tells the other edges of this one's settings, and the log when another one has other ones. Returns what ends it. */
export function compareConfig(gossip: GossipView, settings: ProgramSettings, logger: Logger): () => void {
  const own = configRoot(settings);
  gossip.set(CONFIG_ROOT, own);
  return gossip.onChange(CONFIG_ROOT, (member, _, value) => {
    if (value === undefined || value === own) return;
    logger.warn("fleet.config-differs", { other: member.id, fix: "give all edges the same limits and operatorSid" });
  });
}

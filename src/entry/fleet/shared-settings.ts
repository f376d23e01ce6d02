import { ConfigTree, DriftWatch, type ConfigChildren, type ConfigPath } from "../../platform/drift/index.ts";
import { signedMount, INTERNAL_PREFIX, type FleetKey } from "../../platform/fleet/index.ts";
import type { GossipView, Member } from "../../platform/gossip/index.ts";
import type { Mount } from "../../platform/http/index.ts";
import type { Clock, Logger } from "../../platform/ports.ts";
import type { ProgramSettings } from "../carriers.ts";
import { controlAddress } from "./control-address.ts";
import { urlOf } from "./cell-calls.ts";
import { signedCall } from "./signed-call.ts";

const PATH = "/config";
const MAX_PATH_PARTS = 16;

/** The settings that are the same in all processes of a system. What each has for itself is not among them. */
export function sharedSettings(settings: ProgramSettings): ConfigTree {
  const { messaging, compliance, a2p, numbering, ledger, links, limits, numbers, carriers, routing } = settings;
  const shared = { messaging, compliance, a2p, numbering, ledger, links, limits, numbers, carriers, routing };
  // Values as they are written: URLs and the like become their texts.
  return new ConfigTree(JSON.parse(JSON.stringify(shared)));
}

/** What the other processes ask control when their settings are not its own. */
export function sharedSettingsMount(tree: ConfigTree, key: FleetKey, clock: Clock): Mount {
  return signedMount(key, clock, {
    method: "GET",
    path: PATH,
    run: ({ query }) => {
      const path = new URLSearchParams(query).getAll("part");
      return path.length > MAX_PATH_PARTS ? undefined : tree.children(path);
    },
  });
}

/** Compares this process's settings with those of control from now on. Returns what ends it. */
export function watchSharedSettings(ports: {
  readonly settings: ProgramSettings;
  readonly gossip: GossipView;
  readonly fleetKey: FleetKey;
  readonly clock: Clock;
  readonly logger: Logger;
}): () => void {
  const { settings, gossip, fleetKey, clock, logger } = ports;
  const ask = async (_control: Member, path: ConfigPath): Promise<ConfigChildren | undefined> => {
    const address = controlAddress(gossip);
    if (address === undefined) throw new Error("control has not said where it is");
    const query = new URLSearchParams(path.map((part): [string, string] => ["part", part]));
    const target = `${INTERNAL_PREFIX}${PATH}?${query.toString()}`;
    const { status, json } = await signedCall(urlOf(address), fleetKey, { method: "GET", target });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`control answers ${status}`);
    return json as ConfigChildren;
  };
  const watch = new DriftWatch({ gossip, tree: sharedSettings(settings), clock, logger, ask });
  watch.start();
  return () => watch.stop();
}

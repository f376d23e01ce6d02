/** Whether processes that should be configured alike are. */
export {
  ConfigTree,
  differences,
  MAX_CONFIG_DEPTH,
  type ConfigChildren,
  type ConfigPath,
  type Difference,
} from "./config-tree.ts";
export { describeDifferences, DriftWatch, GOSSIP_CONFIG_DRIFT, GOSSIP_CONFIG_ROOT } from "./drift-watch.ts";

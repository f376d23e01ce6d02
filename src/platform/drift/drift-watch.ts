import type { GossipView, Member } from "../gossip/index.ts";
import type { Clock, Logger, Timer } from "../ports.ts";
import { differences, type ConfigChildren, type ConfigPath, type ConfigTree, type Difference } from "./config-tree.ts";

/** The key under which a process says how it is configured, in one hash. */
export const GOSSIP_CONFIG_ROOT = "config/root";
/** The key under which a process says where it differs from what is desired: paths, by commas. */
export const GOSSIP_CONFIG_DRIFT = "config/drift";

const RETRY_MS = 2_000;
/** Differences that are named; there may be more. */
const MAX_NAMED = 20;
const MAX_GOSSIPED_CHARACTERS = 400;

/** What the watch works with. */
export interface DriftWatchDeps {
  readonly gossip: GossipView;
  /** How this process is configured. */
  readonly tree: ConfigTree;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The children of a place in the desired configuration, which control has. Rejects where it cannot be asked. */
  readonly ask: (control: Member, path: ConfigPath) => Promise<ConfigChildren | undefined>;
  /** Told when the differences change; none any more when the list is empty. */
  readonly onDrift?: (found: readonly Difference[]) => void;
}

/**
 * Compares how this process is configured with what control has, as soon as either says
 * that it changed, and names the places that differ. Without a control process there is
 * nothing that is desired, and nothing is said.
 */
export class DriftWatch {
  private readonly deps: DriftWatchDeps;
  private found: readonly Difference[] = [];
  private foundText = "";
  private checking = false;
  private again = false;
  private timer: Timer | undefined;
  private stops: (() => void)[] = [];

  constructor(deps: DriftWatchDeps) {
    this.deps = deps;
  }

  start(): void {
    const { gossip, tree } = this.deps;
    gossip.set(GOSSIP_CONFIG_ROOT, tree.root);
    this.stops = [
      gossip.onChange(GOSSIP_CONFIG_ROOT, (member) => {
        if (member.role === "control") void this.check();
      }),
      gossip.onMember((member) => {
        if (member.role === "control") void this.check();
      }),
    ];
    void this.check();
  }

  stop(): void {
    this.timer?.cancel();
    for (const stop of this.stops) stop();
    this.stops = [];
  }

  /** Where this process differs from what is desired, as far as it knows. */
  get differences(): readonly Difference[] {
    return this.found;
  }

  private async check(): Promise<void> {
    if (this.checking) {
      this.again = true;
      return;
    }
    this.checking = true;
    this.timer?.cancel();
    try {
      do {
        this.again = false;
        this.tell(await this.compare());
      } while (this.again);
    } catch (error) {
      this.deps.logger.debug("config.not-compared", { reason: String(error) });
      this.timer = this.deps.clock.after(RETRY_MS, () => void this.check());
    } finally {
      this.checking = false;
    }
  }

  private async compare(): Promise<readonly Difference[]> {
    const { gossip, tree, ask } = this.deps;
    const control = gossip.members().find(({ role, status }) => role === "control" && status === "alive");
    if (control === undefined || control.id === gossip.self.id) return [];
    const desired = gossip.get(control.id, GOSSIP_CONFIG_ROOT);
    if (desired === undefined || desired === tree.root) return [];
    return differences(tree, (path) => ask(control, path), MAX_NAMED);
  }

  private tell(found: readonly Difference[]): void {
    const { gossip, logger, onDrift } = this.deps;
    const text = describeDifferences(found);
    this.found = found;
    if (text === this.foundText) return;
    this.foundText = text;
    if (found.length === 0) {
      gossip.delete(GOSSIP_CONFIG_DRIFT);
      logger.info("config.as-desired");
    } else {
      gossip.set(GOSSIP_CONFIG_DRIFT, text.slice(0, MAX_GOSSIPED_CHARACTERS));
      logger.warn("config.differs", {
        places: text,
        fix: "give this process the settings that control has, or the other way round",
      });
    }
    onDrift?.(found);
  }
}

/** `limits.perSecond (other), carriers.acme (missing at control)`. */
export function describeDifferences(found: readonly Difference[]): string {
  const words = { missing: "control does not have it", extra: "missing here", other: "another value" };
  return found.map(({ path, kind }) => `${path.join(".")} (${words[kind]})`).join(", ");
}

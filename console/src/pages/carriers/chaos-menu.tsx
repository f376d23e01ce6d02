import { Flame, ShieldOff, Snail, Unplug } from "lucide-react";
import { api, askAgain, useCan, useSession } from "../../api/index.ts";
import { Badge, Button, Menu, type MenuEntry, toast, Tooltip, formatDuration, toMs, useNow } from "../../ui/index.ts";
import { CARRIERS, type Chaos } from "./carrier.ts";

const SECONDS = 60;
const WORDS = { blackhole: "black hole", refuse: "refused", slow: "slowed", none: "" } as const;

/** Says that a carrier is broken on purpose, and for how long; nothing where it is not. */
export function ChaosBadge({ chaos }: { readonly chaos: Chaos }) {
  const now = useNow();
  if (chaos.mode === "none") return null;
  const left =
    chaos.until === null ? "" : formatDuration(Math.max(0, Math.ceil((toMs(chaos.until) - now) / 1_000)) * 1_000);
  return (
    <Badge tone="warn" icon={<Flame size={12} />}>
      {WORDS[chaos.mode]} {left}
    </Badge>
  );
}

/** Breaks a carrier on purpose, for a minute. Nothing where that may not be. */
export function ChaosMenu({
  name,
  chaos,
  type,
}: {
  readonly name: string;
  readonly chaos: Chaos;
  readonly type: string | null;
}) {
  const { features } = useSession();
  const can = useCan("chaos");
  if (!can || features.chaos !== true || type === "null") return null;
  const run = (mode: Chaos["mode"]): void => {
    const fields = mode === "none" ? { Mode: mode } : { Mode: mode, Seconds: SECONDS };
    api
      .post(`${CARRIERS}/${name}/Chaos`, fields, { account: null })
      .then(() => {
        toast.info(mode === "none" ? `${name} is left alone again.` : `${name} is broken for ${SECONDS} seconds.`);
        askAgain(CARRIERS);
      })
      .catch(toast.bad);
  };
  const items: MenuEntry[] = [
    {
      id: "blackhole",
      label: "Black hole",
      description: "Connections stand, and nothing passes",
      icon: <ShieldOff size={15} />,
      onSelect: () => run("blackhole"),
    },
    {
      id: "refuse",
      label: "Refuse",
      description: "Connections break, and none comes about",
      icon: <Unplug size={15} />,
      onSelect: () => run("refuse"),
    },
    {
      id: "slow",
      label: "Slow",
      description: "Everything comes two seconds late",
      icon: <Snail size={15} />,
      onSelect: () => run("slow"),
    },
  ];
  if (chaos.mode !== "none") items.push({ id: "none", label: "End it now", onSelect: () => run("none") });
  return (
    <Tooltip text="For tests: it ends by itself after a minute">
      <Menu
        label="Break it on purpose"
        trigger={
          <Button tone="quiet" icon={<Flame size={15} />}>
            Break it
          </Button>
        }
        items={items}
      />
    </Tooltip>
  );
}

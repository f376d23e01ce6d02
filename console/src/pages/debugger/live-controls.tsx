import { Pause, Play } from "lucide-react";
import type { LiveRows } from "../../api/index.ts";
import { Badge, Button, formatCount } from "../../ui/index.ts";
import styles from "./debugger.module.css";

/** Props of the controls of a live list. */
export interface LiveControlsProps {
  readonly live: Pick<LiveRows<unknown>, "isLive" | "held" | "skipped">;
  readonly isPaused: boolean;
  readonly onPause: (isPaused: boolean) => void;
}

/** Stops a live list and lets it go on, and says what is not shown. */
export function LiveControls({ live, isPaused, onPause }: LiveControlsProps) {
  return (
    <>
      <Button size="s" icon={isPaused ? <Play size={14} /> : <Pause size={14} />} onPress={() => onPause(!isPaused)}>
        {isPaused ? "Go on" : "Pause"}
      </Button>
      {live.isLive && !isPaused && (
        <Badge tone="good" hasDot>
          live
        </Badge>
      )}
      {isPaused && live.held > 0 && <Badge tone="info">{formatCount(live.held)} came meanwhile</Badge>}
      {live.skipped > 0 && (
        <span className={styles.soft}>{formatCount(live.skipped)} not shown, there were too many</span>
      )}
    </>
  );
}

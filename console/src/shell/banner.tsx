import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useLiveState, useReached } from "../api/index.ts";
import styles from "./banner.module.css";

/** A reconnect that takes no longer than this is nobody's business. */
const PATIENCE_MS = 2_500;

/** Says that the edge is away, while it is. */
export function AwayBanner() {
  const isReached = useReached();
  const isLost = useLiveState() === "waiting";
  const [isOnline, setOnline] = useState(navigator.onLine);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const read = (): void => setOnline(navigator.onLine);
    window.addEventListener("online", read);
    window.addEventListener("offline", read);
    return () => {
      window.removeEventListener("online", read);
      window.removeEventListener("offline", read);
    };
  }, []);
  const isAway = !isReached || isLost;
  useEffect(() => {
    setLong(false);
    if (!isAway) return undefined;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAway]);
  const text = !isOnline
    ? "This computer is offline. What you see is from before."
    : isAway && isLong
      ? "The edge does not answer. What you see is from before; it comes back by itself."
      : undefined;
  return (
    <div role="status" aria-live="polite">
      {text !== undefined && (
        <div className={styles.banner}>
          <CloudOff size={16} aria-hidden="true" />
          {text}
        </div>
      )}
    </div>
  );
}

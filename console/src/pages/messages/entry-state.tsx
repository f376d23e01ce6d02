import { CircleSlash, PencilLine, Shield, ShieldAlert } from "lucide-react";
import { StatusBadge } from "../../ui/index.ts";
import { ICON, More, type Shown, type Views } from "./entry-parts.tsx";
import { toneOf } from "./stations.ts";
import type { EntryData } from "./timeline-data.ts";
import styles from "./timeline.module.css";

/** What the rules said of it, what became of its text, and its status. */
export const STATE_VIEWS: Views<"policed" | "replaced" | "status" | "redacted"> = {
  policed: policedView,
  replaced: () => ({ title: "Its text was replaced", icon: <PencilLine size={ICON} />, tone: "warn" }),
  status: ({ status, error_code: code, error_message: message }) => ({
    title: <StatusBadge status={status} />,
    icon: undefined,
    tone: toneOf(status),
    children:
      code === null ? undefined : (
        <p>
          <strong className={styles.bad}>{code}</strong> {message}
        </p>
      ),
  }),
  redacted: () => ({ title: "Its text was removed", icon: <CircleSlash size={ICON} />, tone: "warn" }),
};

function policedView({ verdict, rule, asked, error_code: code, error_message: message }: EntryData["policed"]): Shown {
  if (verdict === undefined) return { title: "Judged by the rules", icon: <Shield size={ICON} /> };
  const passed = verdict === "accept";
  return {
    title: passed
      ? "Passed the rules"
      : verdict === "hold"
        ? `Held by the rule ${rule ?? ""}`
        : `Refused by ${rule ?? "a rule"}`,
    icon: passed ? <Shield size={ICON} /> : <ShieldAlert size={ICON} />,
    tone: passed ? "good" : verdict === "hold" ? "warn" : "bad",
    children: (
      <>
        {code !== null && code !== undefined && (
          <p>
            <strong className={styles.bad}>{code}</strong> {message}
          </p>
        )}
        {asked !== null && asked !== undefined && asked.length > 0 && (
          <More summary="Rules that were asked" hint={String(asked.length)}>
            <ul className={styles.rules}>
              {asked.map(({ rule: name, said }) => (
                <li key={name}>
                  <code>{name}</code> <span className={styles.soft}>{said}</span>
                </li>
              ))}
            </ul>
          </More>
        )}
      </>
    ),
  };
}

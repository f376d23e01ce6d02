import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { toApiError } from "../api/index.ts";
import { Button } from "./button.tsx";
import { Link } from "./link.tsx";
import styles from "./feedback.module.css";

/** Props of a note of an error. */
export interface ErrorNoteProps {
  /** Anything that was thrown; an ApiError shows its code and its link. Nothing is shown for `null` and `undefined`. */
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  /** What to do about it, where the page knows more. */
  readonly children?: ReactNode;
}

/** What went wrong, with its number and where it is explained. */
export function ErrorNote({ error, onRetry, children }: ErrorNoteProps) {
  if (error === null || error === undefined) return null;
  const { code, message, moreInfo } = toApiError(error);
  return (
    <div className={styles.error} role="alert">
      <CircleAlert size={17} aria-hidden="true" />
      <div className={styles.errorText}>
        <p>{message}</p>
        {children}
        {code > 0 && (
          <p className={styles.errorCode}>
            Error {code}
            {moreInfo !== undefined && (
              <>
                {" · "}
                <Link to={moreInfo}>What it means</Link>
              </>
            )}
          </p>
        )}
      </div>
      {onRetry !== undefined && (
        <Button size="s" onPress={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

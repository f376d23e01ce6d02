import type { ReactNode } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components/Tooltip";
import styles from "./overlay.module.css";

const DELAY_MS = 500;

/** Props of a tooltip. */
export interface TooltipProps {
  readonly text: ReactNode;
  /** Something that can be focused: a Button, IconButton, or `TooltipTarget` around text. */
  readonly children: ReactNode;
}

/** A line of help at a control. */
export function Tooltip({ text, children }: TooltipProps) {
  return (
    <TooltipTrigger delay={DELAY_MS} closeDelay={0}>
      {children}
      <AriaTooltip className={styles.tooltip ?? ""} offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}

import { Card, Stack, Switch } from "../../ui/index.ts";
import type { GeoPrefix } from "./rules.ts";
import styles from "./rules.module.css";

/** Props of the card. */
export interface PrefixesCardProps {
  readonly prefixes: readonly GeoPrefix[];
  readonly canWrite: boolean;
  readonly onChange: (place: string, isOn: boolean) => Promise<void>;
}

/** Ranges that cost more than others: satellites and the like. The operator permits them. */
export function PrefixesCard({ prefixes, canWrite, onChange }: PrefixesCardProps) {
  if (prefixes.length === 0) return null;
  return (
    <Card title="Premium ranges">
      <Stack gap="s">
        <p className={styles.soft}>Numbers that belong to no country and cost the most. The operator permits them.</p>
        {prefixes.map(({ place, reason, enabled }) => (
          <Switch
            key={place}
            isSelected={enabled}
            isDisabled={!canWrite}
            onChange={(isOn) => void onChange(place, isOn)}
          >
            {place} <span className={styles.soft}>{reason}</span>
          </Switch>
        ))}
      </Stack>
    </Card>
  );
}

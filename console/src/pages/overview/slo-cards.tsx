import { useQueries } from "@tanstack/react-query";
import { api, type ApiError, useApi, useSession } from "../../api/index.ts";
import { Badge, Card, Count, Empty, ErrorNote, Grid, KeyValues, Meter, Skeleton, Stack } from "../../ui/index.ts";
import { type Level, mergeLevels, percent, titleOf, toneOfLevel } from "./levels.ts";

const PATH = "/trunkline/v1/Insights/Slo";
const EVERY_MS = 10_000;

/** Service levels, of all cells where the operator looks at everything. */
export function SloCards({ all }: { readonly all: boolean }) {
  const cells = useMessagingCells(all);
  const asked = useQueries({
    queries: cells.map((cell) => ({
      queryKey: [PATH, all, cell],
      queryFn: () => api.get<{ objectives: readonly Level[] }>(PATH, scopeOf(all, cell)),
      refetchInterval: EVERY_MS,
    })),
  });
  const answers = asked.flatMap(({ data }) => (data === undefined ? [] : [data.objectives]));
  const failed = asked.find(({ error }) => error !== null)?.error as ApiError | undefined;
  if (answers.length === 0) return failed === undefined ? <Skeleton lines={3} /> : <ErrorNote error={failed} />;
  return (
    <Stack>
      {failed !== undefined && <ErrorNote error={failed} />}
      <Grid min="m">
        {mergeLevels(answers).map((level) => (
          <LevelCard key={level.name} level={level} />
        ))}
      </Grid>
    </Stack>
  );
}

function scopeOf(all: boolean, cell: string) {
  return all ? { query: { Scope: "all" }, cell: cell === "" ? null : cell, account: null } : {};
}

/** The cells that are asked; one without a name is the home of the account. */
function useMessagingCells(all: boolean): readonly string[] {
  const { features } = useSession();
  const isMany = all && features.fleet === true;
  const fleet = useApi<{ cells: readonly { name: string; type: string; health: string }[] }>("/trunkline/v1/Fleet", {
    isEnabled: isMany,
    cell: null,
    account: null,
  });
  if (!isMany) return [""];
  const up = (fleet.data?.cells ?? []).filter(({ type, health }) => type === "messaging" && health === "up");
  return up.map(({ name }) => name);
}

function LevelCard({ level }: { readonly level: Level }) {
  const { name, objective, good, of, budget_left: left, windows } = level;
  const tone = toneOfLevel(level);
  return (
    <Card title={titleOf(name)} actions={<Badge tone={tone}>{`promised ${percent(objective)}`}</Badge>}>
      {left === null ? (
        <Empty title="Nothing to judge yet" />
      ) : (
        <Stack gap="s">
          <strong data-figure="">{percent(good / of)}</strong>
          <Meter
            label="Error budget left, 30 days"
            value={Math.max(0, left) * 100}
            text={left < 0 ? "overspent" : percent(left)}
            tone={tone === "neutral" ? "info" : tone}
          />
          <KeyValues
            items={[
              { key: "Judged", value: <Count value={of} /> },
              ...windows.map((window) => ({
                key: `Burn rate, ${window.name}`,
                value: window.burn_rate === null ? "–" : `${window.burn_rate.toFixed(1)} ×`,
              })),
            ]}
          />
        </Stack>
      )}
    </Card>
  );
}

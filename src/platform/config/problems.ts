/** One thing that is wrong with the settings. */
export interface SettingsProblem {
  /** `trunkline.yaml:3:14`, `TRUNKLINE_PORT` or `--port`. */
  readonly where: string;
  /** What was expected. Never repeats a secret. */
  readonly message: string;
}

const MAX_SHOWN = 50;

/** The settings cannot be used. Carries everything that is wrong, not only the first. */
export class SettingsError extends Error {
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.slice(0, MAX_SHOWN).map((problem) => `  ${problem.where}: ${problem.message}`);
    if (problems.length > MAX_SHOWN) lines.push(`  and ${problems.length - MAX_SHOWN} more`);
    super(`these settings cannot be used:\n${lines.join("\n")}`);
    this.name = "SettingsError";
    this.problems = problems;
  }
}

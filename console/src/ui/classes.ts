/** Class names joined; what is not a name is left out. */
export function classes(...names: readonly (string | false | undefined | null)[]): string {
  return names.filter((name) => typeof name === "string" && name !== "").join(" ");
}

/** The five meanings that a colour has. */
export type Tone = "neutral" | "good" | "warn" | "bad" | "info";

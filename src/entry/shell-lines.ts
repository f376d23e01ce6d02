import { assert } from "../kernel/assert.ts";

/** The shells whose language is spoken. `sh` is every shell like it: bash, zsh, dash. */
export const SHELLS = ["sh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

/** What to do with variables, in order: a text sets one, `null` removes it. */
export type VariableChanges = Readonly<Record<string, string | null>>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Lines for a shell to evaluate. Values may hold anything but NUL; nothing in them is interpreted. */
export function shellLines(shell: Shell, changes: VariableChanges): string {
  return Object.entries(changes)
    .map(([name, value]) => `${shellLine(shell, name, value)}\n`)
    .join("");
}

function shellLine(shell: Shell, name: string, value: string | null): string {
  assert(NAME.test(name), `variable name ${name}`);
  assert(!value?.includes("\0"), `the value of ${name} contains NUL`);
  switch (shell) {
    case "sh":
      return value === null ? `unset ${name}` : `export ${name}=${quote(shell, value)}`;
    case "fish":
      return value === null ? `set -e ${name}` : `set -gx ${name} ${quote(shell, value)}`;
    case "powershell":
      return value === null
        ? `Remove-Item Env:${name} -ErrorAction SilentlyContinue`
        : `$env:${name} = ${quote(shell, value)}`;
  }
}

/** One word of a shell, in single quotes. */
export function quote(shell: Shell, value: string): string {
  switch (shell) {
    case "sh":
      // Nothing can be escaped within the quotes: they are left for a quote in double ones.
      return `'${value.replaceAll("'", `'"'"'`)}'`;
    case "fish":
      return `'${value.replace(/[\\']/g, "\\$&")}'`;
    case "powershell":
      // Typographic quotes end a text there as well.
      return `'${value.replace(/['\u2018\u2019\u201A\u201B]/g, "$&$&")}'`;
  }
}

/** Hosts that are looked at in one text. */
const MAX_HOSTS = 20;
const MAX_HOST_CHARACTERS = 253;

/** The host names in a text that stand where a link has them, in small letters: `see https://Bit.ly/a` has `bit.ly`. */
export function hostsIn(text: string): string[] {
  const found: string[] = [];
  for (let dot = text.indexOf("."); dot >= 0 && found.length < MAX_HOSTS;) {
    let from = dot;
    while (from > 0 && dot - from < MAX_HOST_CHARACTERS && isHostCharacter(text.charCodeAt(from - 1))) from -= 1;
    let to = dot + 1;
    while (to < text.length && to - dot < MAX_HOST_CHARACTERS && isHostCharacter(text.charCodeAt(to))) to += 1;
    const host = text.slice(from, to).replace(/\.+$/, "");
    if (from < dot && host.includes(".")) found.push(host.toLowerCase());
    dot = text.indexOf(".", Math.max(to, dot + 1));
  }
  return found;
}

/** Letters, digits, dash and dot. */
function isHostCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e
  );
}

const SEEDS = [0x811c9dc5, 0x5bd1e995, 0x1b873593, 0xcc9e2d51];

/** A SID that a name always has, for what is data of this program: 128 bits of the text (FNV-1a, mixed). */
export function fixedSid(prefix: string, name: string): string {
  return prefix + SEEDS.map((seed) => hash(name, seed).toString(16).padStart(8, "0")).join("");
}

function hash(text: string, seed: number): number {
  let bits = seed;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

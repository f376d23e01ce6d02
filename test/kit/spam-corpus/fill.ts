import { seededRandom } from "../seeded-random.ts";

/** Chance that is the same for a seed, with what the generator needs of it. */
export class Dice {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError("there is nothing to pick");
    return picked;
  }

  digits(count: number): string {
    let text = "";
    for (let at = 0; at < count; at += 1) text += String(this.below(10));
    return text;
  }

  letters(count: number): string {
    let text = "";
    for (let at = 0; at < count; at += 1) text += String.fromCharCode(97 + this.below(26));
    return text;
  }
}

const NAMES =
  "Anna Ben Carla David Elena Farid Grace Hugo Ines Jonas Kim Lucas Maria Noah Olga Pablo Ruth Sam Tom Zoe".split(" ");
const SHOPS = [
  "Dr. Weber",
  "Smile Dental",
  "Cafe Sol",
  "Corner Books",
  "Green Garage",
  "Salon Mira",
  "City Clinic",
  "Taverna Blu",
];
const WORDS = "SPRING AURORA Delta NOVA Lotus Ruby Orion Prime Zenith Jade ECHO Maple".split(" ");
/** Names that are pretended; the first half stands on the operator's list. */
export const BRANDS = [
  "Northbank",
  "Acornpay",
  "Streamly",
  "Mapletel",
  "Bancoreal",
  "Credinor",
  "Postalia",
  "Zahlwerk",
] as const;
const CARRIERS = ["Postalia", "ParcelOne", "SwiftShip", "Globex Post"];

export interface Slots {
  readonly company: string;
  readonly own: string;
  readonly evil: string;
}

/** Fills a template for one recipient. */
export function fill(template: string, slots: Slots, dice: Dice): string {
  const chosen = template.replaceAll(/\[([^\][]*\|[^\][]*)\]/g, (_, options: string) => dice.pick(options.split("|")));
  return chosen.replaceAll(/\{(\w+)\}/g, (whole, slot: string) => value(slot, slots, dice) ?? whole);
}

function value(slot: string, slots: Slots, dice: Dice): string | undefined {
  if (slot === "company" || slot === "own" || slot === "evil") return slots[slot];
  if (slot === "name") return dice.pick(NAMES);
  if (slot === "shop") return dice.pick(SHOPS);
  if (slot === "word") return dice.pick(WORDS);
  if (slot === "brand") return dice.pick(BRANDS);
  if (slot === "carrier") return dice.pick(CARRIERS);
  if (slot === "code") return dice.digits(dice.pick([4, 6, 6, 8]));
  if (slot === "date") return `${1 + dice.below(28)}/${1 + dice.below(12)}`;
  if (slot === "time") return `${8 + dice.below(12)}:${dice.pick(["00", "15", "30", "45"])}`;
  if (slot === "amount") return `${dice.pick(["$", "€", "£"])}${1 + dice.below(900)}.${dice.digits(2)}`;
  if (slot === "percent") return `${5 + dice.below(90)}%`;
  if (slot === "phone") return `+1${2 + dice.below(8)}${dice.digits(9)}`;
  if (slot === "order") return `${dice.letters(2).toUpperCase()}${dice.digits(6)}`;
  if (slot === "id") return dice.letters(6);
  if (slot === "gate") return dice.digits(2);
  return slot === "host" ? `web-${dice.digits(2)}` : undefined;
}

const LOOKALIKES: Readonly<Record<string, string>> = {
  a: "а",
  c: "с",
  e: "е",
  i: "і",
  o: "о",
  p: "р",
  s: "ѕ",
  x: "х",
  y: "у",
};
const LEET: Readonly<Record<string, string>> = { a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" };

/** Disguises a text as spammers do, but not its links. */
export function disguise(text: string, dice: Dice): string {
  const way = dice.below(5);
  if (way === 0) return text;
  return text
    .split(" ")
    .map((word) => (word.includes(".") || word.length < 4 || dice.next() < 0.6 ? word : disguised(word, way, dice)))
    .join(" ");
}

function disguised(word: string, way: number, dice: Dice): string {
  const at = 1 + dice.below(word.length - 2);
  if (way === 1)
    return Array.from(word, (letter) => (dice.next() < 0.5 ? (LOOKALIKES[letter] ?? letter) : letter)).join("");
  if (way === 2) return `${word.slice(0, at)}\u200b${word.slice(at)}`;
  if (way === 3) return word.slice(0, at) + (LEET[word.charAt(at)] ?? word.charAt(at)) + word.slice(at + 1);
  return word.toUpperCase();
}

/** A domain as campaigns rent them. */
export function evilLink(dice: Dice, brand: string): string {
  const suffix = dice.pick(["com", "com", "net", "top", "xyz", "click", "info", "live"]);
  const word = dice.pick(["secure", "verify", "track", "claim", "portal", "help", "update", "my"]);
  const name = dice.letters(4 + dice.below(5));
  const kind = dice.below(8);
  if (kind === 0) return `http://185.${dice.below(250)}.${dice.below(250)}.${dice.below(250)}/${dice.letters(4)}`;
  if (kind === 1) return `https://bit.ly/${dice.letters(6)}`;
  if (kind === 2) return `https://${brand.toLowerCase()}.${word}-${name}.${suffix}/${dice.letters(3)}`;
  if (kind === 3) return `https://${word}-${brand.toLowerCase()}-${dice.letters(3)}.${suffix}`;
  if (kind === 4) return `${name}${word}.${suffix}/${dice.letters(5)}`;
  return `https://${name}.${suffix}/${dice.letters(5)}`;
}

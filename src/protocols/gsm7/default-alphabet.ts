/**
 * The GSM 7 bit default alphabet (3GPP TS 23.038 §6.2.1): 128 characters in
 * septet order. Position 0x1B is the escape to the extension table.
 */
export const DEFAULT_ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ" +
  " !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
  "¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** The default extension table (3GPP TS 23.038 §6.2.1.1): septet after the escape, and its character. */
export const DEFAULT_EXTENSION: ReadonlyArray<readonly [septet: number, character: string]> = [
  [0x0a, "\f"],
  [0x14, "^"],
  [0x28, "{"],
  [0x29, "}"],
  [0x2f, "\\"],
  [0x3c, "["],
  [0x3d, "~"],
  [0x3e, "]"],
  [0x40, "|"],
  [0x65, "€"],
];

/** The septet that makes the next one mean a character of the extension table. */
export const ESCAPE = 0x1b;

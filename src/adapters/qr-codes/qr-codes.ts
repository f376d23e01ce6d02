import { toBuffer, toString } from "qrcode";
import type { QrCodes } from "../../platform/links/index.ts";

/** Modules of quiet zone on each side (ISO/IEC 18004 §9.1). */
const QUIET_MODULES = 4;
/** A quarter of it may be unreadable; printed codes are scratched. */
const LEVEL = "Q";

/** QR codes by the package `qrcode`. */
export const qrCodes: QrCodes = {
  png: (text, sizePx) =>
    toBuffer(text, { type: "png", width: sizePx, margin: QUIET_MODULES, errorCorrectionLevel: LEVEL }),
  svg: (text, sizePx) =>
    toString(text, { type: "svg", width: sizePx, margin: QUIET_MODULES, errorCorrectionLevel: LEVEL }),
};

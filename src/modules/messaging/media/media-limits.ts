import { messageErrors } from "../errors.ts";
import { twimlErrors } from "../../../protocols/twiml/index.ts";

/** Media of one message together. */
export const MAX_MEDIA_OCTETS = 5 * 1024 * 1024;
/** One medium that is no ordinary image. */
const MAX_OTHER_OCTETS = 500 * 1024;

/** The images that every phone shows; they may be large. */
const IMAGES: ReadonlySet<string> = new Set(["image/jpeg", "image/jpg", "image/png", "image/gif"]);

/** What else is taken, as Twilio's public list of accepted types has it. */
const OTHERS: ReadonlySet<string> = new Set([
  "application/pdf",
  "application/vcard",
  "application/vnd.apple.pkpass",
  "audio/3gpp",
  "audio/3gpp2",
  "audio/ac3",
  "audio/amr",
  "audio/amr-nb",
  "audio/basic",
  "audio/l24",
  "audio/mp4",
  "audio/mpeg",
  "audio/ogg",
  "audio/vnd.rn-realaudio",
  "audio/vnd.wave",
  "audio/webm",
  "image/bmp",
  "image/heic",
  "image/heif",
  "image/tiff",
  "image/webp",
  "text/calendar",
  "text/csv",
  "text/directory",
  "text/plain",
  "text/richtext",
  "text/rtf",
  "text/vcard",
  "text/x-vcard",
  "video/3gpp",
  "video/3gpp-tt",
  "video/3gpp2",
  "video/h261",
  "video/h263",
  "video/h263-1998",
  "video/h263-2000",
  "video/h264",
  "video/mp4",
  "video/mpeg",
  "video/quicktime",
  "video/webm",
]);

/** True for types that a browser may show in place; all are pictures without active content. */
export function isPicture(contentType: string): boolean {
  return contentType.startsWith("image/");
}

/** `image/PNG; q=1` → `image/png`. */
export function bareType(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** The error code of a medium that cannot be taken, given the octets of the media before it; else nothing. */
export function refuseMedium(
  medium: { readonly contentType: string; readonly octets: number },
  octetsBefore: number,
): number | undefined {
  const { contentType, octets } = medium;
  const image = IMAGES.has(contentType);
  if (!image && !OTHERS.has(contentType)) return twimlErrors.contentType.code;
  if (octets > (image ? MAX_MEDIA_OCTETS : MAX_OTHER_OCTETS)) return messageErrors.mediaFailed.code;
  return octetsBefore + octets > MAX_MEDIA_OCTETS ? messageErrors.mediaFailed.code : undefined;
}

/** The longest message_id that is converted (SMPP 3.4 §5.2.23: 64 characters and a NUL). */
export const MAX_MESSAGE_ID_CHARACTERS = 64;

/**
 * How a carrier's message ids are brought into one form.
 *
 * - `as-is`: not touched.
 * - `hex-to-decimal`, `decimal-to-hex`: the number is written in the other base.
 * - `hex`, `decimal`: the base stays; leading zeros go, and hex is in lower case.
 */
export type MessageIdForm = "as-is" | "hex-to-decimal" | "decimal-to-hex" | "hex" | "decimal";

const HEX = /^[0-9a-fA-F]+$/;
const DECIMAL = /^[0-9]+$/;

/**
 * Brings a message id into the form that lets a receipt find its message where a
 * carrier writes the two in different bases. Numbers may be of any size up to
 * {@link MAX_MESSAGE_ID_CHARACTERS}; the result has no leading zeros and is in
 * lower case. An id that is not a number of the base named first, or is longer,
 * comes back unchanged.
 */
export function normaliseMessageId(id: string, form: MessageIdForm): string {
  if (form === "as-is" || id.length > MAX_MESSAGE_ID_CHARACTERS) return id;
  const fromHex = form === "hex" || form === "hex-to-decimal";
  if (!(fromHex ? HEX : DECIMAL).test(id)) return id;
  const value = BigInt(fromHex ? `0x${id}` : id);
  return value.toString(form === "hex" || form === "decimal-to-hex" ? 16 : 10);
}

import type { BlobStore } from "../../../platform/ports.ts";
import { messagePath } from "../message.view.ts";
import type { Medium, Message } from "../message.ts";

type Owner = Pick<Message, "accountSid" | "sid">;

/** Where the content of a medium is kept. */
export function mediumKey(message: Owner, mediumSid: string): string {
  return `media/${message.accountSid}/${message.sid}/${mediumSid}`;
}

/** Where anybody who knows the address finds the content of a medium. */
export function mediumUrl(publicUrl: string, message: Owner, mediumSid: string): string {
  return `${publicUrl.replace(/\/+$/, "")}${messagePath(message)}/Media/${mediumSid}`;
}

/**
 * Removes the content of all media of a message. To be called before the message's
 * deletion is committed, so that an acknowledged deletion leaves nothing behind; if it
 * rejects, nothing was acknowledged and it can be asked for again.
 */
export async function removeMediaContent(
  blobs: BlobStore,
  message: Owner & { readonly media?: readonly Medium[] },
): Promise<void> {
  for (const medium of message.media ?? []) await blobs.remove(mediumKey(message, medium.sid));
}

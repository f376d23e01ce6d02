import type { BlobStore } from "../../../platform/ports.ts";
import type { MessagingDeps } from "../deps.ts";
import type { Message } from "../message.ts";
import type { MediumDeleted } from "../records.ts";
import { mediumKey } from "./media-content.ts";

/**
 * Removes a medium: its content first, so that an acknowledged deletion leaves nothing
 * behind, then the medium itself.
 */
export async function removeMedium(
  { deps, blobs }: { readonly deps: Pick<MessagingDeps, "cell">; readonly blobs: BlobStore },
  message: Readonly<Message>,
  mediumSid: string,
): Promise<void> {
  await blobs.remove(mediumKey(message, mediumSid));
  const record: MediumDeleted = { kind: "message.medium-deleted", sid: message.sid, mediumSid };
  await deps.cell.commit(record, "progress");
}

import type { EventFile } from "../../platform/event-files/index.ts";

/** A file that is being written. Removed at the next look if nobody finished it. */
export const UNFINISHED = ".unfinished";
/** A file that belongs to a state of the cell that is not there any more. */
export const ASIDE = ".aside";

const FOLDER_PATTERN = /^\d{8}T\d{6}Z$/;
const FILE_PATTERN = /^(\d{1,15})-(\d{1,15})\.parquet$/;

/** `20251121T130000Z`: files of one stretch of time are in a folder of its start. */
export function folderOf(startMs: number): string {
  return new Date(startMs)
    .toISOString()
    .replace(/\.\d{3}/, "")
    .replaceAll(/[-:]/g, "");
}

/** The start of the stretch of time of a folder; `undefined` for one that is none of ours. */
export function startOf(folder: string): number | undefined {
  if (!FOLDER_PATTERN.test(folder)) return undefined;
  const [year, month, day] = [folder.slice(0, 4), folder.slice(4, 6), folder.slice(6, 8)];
  const ms = Date.parse(`${year}-${month}-${day}T${folder.slice(9, 11)}:${folder.slice(11, 13)}:${folder.slice(13)}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The path of a file below the folder of all events. */
export function pathOf({ startMs, from, to }: Omit<EventFile, "octets">): string {
  return `${folderOf(startMs)}/${from}-${to}.parquet`;
}

/** The pages of a file by its name; `undefined` for one that is none of ours. */
export function pagesOf(name: string): { readonly from: number; readonly to: number } | undefined {
  const match = FILE_PATTERN.exec(name);
  return match === null ? undefined : { from: Number(match[1]), to: Number(match[2]) };
}

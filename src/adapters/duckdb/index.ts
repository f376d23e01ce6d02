export { openEventFiles, type EventFolderOptions } from "./event-folder.ts";

export { checkBlobKey } from "./blob-key.ts";
export { openBlobFolder } from "./blob-folder.ts";
export { openPhoneJournal } from "./phone-journal.ts";
export { StaticFolder } from "./static-folder.ts";

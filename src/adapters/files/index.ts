export { checkBlobKey } from "./blob-key.ts";
export { openBlobFolder } from "./blob-folder.ts";
export { openPhoneJournal } from "./phone-journal.ts";

/** What visitors of link domains meet. */
export { LinkDoor, type LinkDoorOptions } from "./link-door.ts";
export { linkAnswerer } from "./link-answerer.ts";
export { MissReports } from "./miss-reports.ts";

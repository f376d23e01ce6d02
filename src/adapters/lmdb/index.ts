export { openLinkIndex } from "./link-index.ts";

/** XML documents as plain trees. Reading them from text is the platform's part (`platform/xml`). */
export { childElements, ownText } from "./element.ts";
export type { XmlElement } from "./element.ts";

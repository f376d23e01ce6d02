/** Reading XML from text, with bounds. */
export { MAX_XML_DEPTH, MAX_XML_NODES, MAX_XML_OCTETS, parseXml } from "./parse-xml.ts";
export { XmlError } from "./xml-error.ts";
export type { XmlReason } from "./xml-error.ts";

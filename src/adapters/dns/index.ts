export { dnsTexts } from "./dns-texts.ts";

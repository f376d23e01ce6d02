export { openCountryFile } from "./country-file.ts";

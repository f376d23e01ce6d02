import type { Plugin } from "vite";

const OTHER_LANGUAGE = /\/react-(?:aria|stately|aria-components)\/.*\/intl\/.*\/(?!en-US\.)[a-z]{2}-[A-Z]{2}\.m?js$/;

/** The console speaks English: the component library's words in thirty other languages need not be loaded by anybody. */
export function englishAlone(): Plugin {
  return {
    name: "english-alone",
    enforce: "pre",
    load(id) {
      return OTHER_LANGUAGE.test(id) ? 'export { default } from "./en-US.mjs";' : undefined;
    },
  };
}

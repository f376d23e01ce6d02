/**
 * In the place of node:buffer in the browser. The protocols' doors lead to code that needs it; the console uses only
 * what does not, and the bundler leaves out the rest.
 */
export const Buffer = undefined;

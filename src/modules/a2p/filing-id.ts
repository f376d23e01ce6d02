/** The name of what is filed about a resource for the nth time, which is the same whenever it is handed over. */
export const filingIdOf = (sid: string, nth: number): string => `${sid}:${nth}`;

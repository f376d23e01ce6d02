/** Unless the back end says otherwise. */
export const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 256;

/** What is wrong with a password, before it is sent; the back end decides. */
export function passwordFault(password: string, least = LEAST_CHARACTERS): string | undefined {
  const { length } = Array.from(password);
  if (length < least) return `It has ${length} of at least ${least} characters.`;
  return length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS} characters.` : undefined;
}

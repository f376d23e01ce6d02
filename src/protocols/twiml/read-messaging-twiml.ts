import { ownText, type XmlElement } from "../xml/index.ts";
import { twimlErrors } from "./errors.ts";
import { problemAt, Warnings, type TwimlProblem } from "./problem.ts";
import { readAttributes } from "./read-attributes.ts";
import { messagingVerbs, voiceOnlyVerbs, type MessagingVerb } from "./verbs/index.ts";

/** What a document for a message says, or why it says nothing. */
export type MessagingTwiml =
  | { readonly verbs: readonly MessagingVerb[]; readonly warnings: readonly TwimlProblem[] }
  | { readonly error: TwimlProblem };

/**
 * Reads the TwiML that answers an incoming message: `Response` with `Message` and
 * `Redirect` in it, in their order. Anything unknown is a warning (12200, a verb of calls
 * 14110) and is left out; another root is an error (12102).
 */
export function readMessagingTwiml(root: XmlElement): MessagingTwiml {
  if (root.name !== "Response") {
    return { error: problemAt(twimlErrors.rootNotResponse, root, `it is ${root.name}.`) };
  }
  const warnings = new Warnings();
  readAttributes(root, [], warnings);
  if (ownText(root).trim() !== "") warnings.add(twimlErrors.schema, root, "text outside of any verb.");
  const verbs: MessagingVerb[] = [];
  for (const child of root.children) {
    if (typeof child === "string") continue;
    const read = messagingVerbs.get(child.name);
    if (read !== undefined) verbs.push(read(child, warnings));
    else if (voiceOnlyVerbs.has(child.name)) warnings.add(twimlErrors.voiceVerb, child, `${child.name}.`);
    else warnings.add(twimlErrors.schema, child, `the element ${child.name} in Response.`);
  }
  return { verbs, warnings: warnings.list };
}

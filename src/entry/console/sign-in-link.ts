import { CommandFailure } from "../../platform/cli/index.ts";
import { authorization, callForJson } from "../call-api.ts";

/** Whom a link signs in, and where. */
export interface LinkWish {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
}

/** A link that signs in an account to the console once, and until when. Throws a CommandFailure where none is given. */
export async function askForLink(wish: LinkWish): Promise<{ readonly url: string; readonly expires: string }> {
  const answer = await callForJson(`${wish.baseUrl}/trunkline/v1/Console/SignInLinks`, {
    method: "POST",
    headers: { Authorization: authorization(wish), "Content-Type": "application/x-www-form-urlencoded" },
    body: "",
  });
  const { secret_url: url, date_expires: expires } = answer as { secret_url?: unknown; date_expires?: unknown };
  if (typeof url !== "string" || typeof expires !== "string") {
    throw new CommandFailure("the answer of the running Trunkline is not understood");
  }
  return { url, expires };
}

/** The link alone. */
export async function signInLink(wish: LinkWish): Promise<string> {
  return (await askForLink(wish)).url;
}

/** Why somebody who was in the console, or nearly, sees the sign-in. */
export type SignInReason = "ended" | "over" | "password-set";

/** Why a session is no more: its time was over, or somebody ended it. */
export function reasonOfEnd(session: { readonly expiresAt?: string }, nowMs: number): SignInReason {
  const { expiresAt } = session;
  return expiresAt !== undefined && nowMs >= Date.parse(expiresAt) ? "over" : "ended";
}

const WORDS: Readonly<Record<SignInReason, string>> = {
  ended:
    "Your session was ended: you signed out in another window, or your password, your role or your sessions were changed. Sign in to go on where you were.",
  over: "Your session is over, as every session is after some hours. Sign in to go on where you were.",
  "password-set": "Your password is set. Sign in with it, and with the code of your authenticator app.",
};

/** The same in words. */
export function wordsOf(reason: SignInReason): string {
  return WORDS[reason];
}

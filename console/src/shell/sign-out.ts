import { consoleApi, queryClient, select } from "../api/index.ts";
import { toast } from "../ui/index.ts";

/** Ends the session here and at the edge; the page begins anew, with nothing kept. */
export async function signOut(): Promise<void> {
  try {
    await consoleApi.post("/sign-out");
  } catch (error) {
    toast.bad(error);
    return;
  }
  select({ account: undefined, cell: undefined, accountSid: "" });
  queryClient.clear();
  location.assign("/console/");
}

import { useEffect, useState } from "react";

const PATH = "/simulator/echo";

/** Where the built-in echo app is, seen from the system itself: it answers to its own machine alone, and over plain http. */
export function echoAddress({
  protocol,
  hostname,
  port,
}: Pick<Location, "protocol" | "hostname" | "port">): string | undefined {
  if (protocol !== "http:") return undefined;
  // As a number: what a name leads to is for others to say.
  const host = hostname === "localhost" ? "127.0.0.1" : hostname;
  if (host !== "127.0.0.1" && host !== "[::1]") return undefined;
  return `http://${host}${port === "" ? "" : `:${port}`}${PATH}`;
}

/** The address of the built-in echo app, where it answers. */
export function useEchoApp(): string | undefined {
  const [isThere, setThere] = useState(false);
  const address = echoAddress(location);
  useEffect(() => {
    if (address === undefined) return undefined;
    const asking = new AbortController();
    fetch(PATH, { method: "POST", body: new URLSearchParams({ Body: "Hello" }), signal: asking.signal }).then(
      ({ ok }) => setThere(ok),
      () => setThere(false),
    );
    return () => asking.abort();
  }, [address]);
  return isThere ? address : undefined;
}

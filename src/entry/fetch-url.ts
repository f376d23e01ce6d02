import type { FetchUrl } from "../modules/messaging/index.ts";
import type { FetchText } from "../platform/links/index.ts";
import { HttpClientError, type AddressGuard, type HttpClient } from "../platform/http-client/index.ts";

const MAX_MEDIUM_OCTETS = 5 * 1024 * 1024;
const TIMEOUTS = { connectMs: 5_000, readMs: 15_000, totalMs: 30_000 };
const MAX_REDIRECTS = 5;
const MAX_TEXT_OCTETS = 4_096;

/** Fetches the media of messages, within the bounds that hold for every URL a customer gives. */
export function urlFetcher(http: HttpClient, guard: AddressGuard): FetchUrl {
  return async (url) => {
    try {
      const response = await http.request({
        method: "GET",
        url,
        headers: [
          ["User-Agent", "TwilioProxy/1.1"],
          ["Accept", "*/*"],
        ],
        timeouts: TIMEOUTS,
        maxBodyOctets: MAX_MEDIUM_OCTETS,
        guard,
        maxRedirects: MAX_REDIRECTS,
        retryStale: true,
      });
      return { status: response.status, contentType: response.headers["content-type"] ?? "", body: response.body };
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      return { failed: error.stage === "too-large" ? 30019 : 11200, text: error.message };
    }
  };
}

/** Fetches a short text from a customer's site, to see that it is his, within the same bounds and following nothing. */
export function textFetcher(http: HttpClient, guard: AddressGuard): FetchText {
  return async (url) => {
    try {
      const { status, body } = await http.request({
        method: "GET",
        url,
        headers: [["Accept", "text/plain"]],
        timeouts: TIMEOUTS,
        maxBodyOctets: MAX_TEXT_OCTETS,
        guard,
        maxRedirects: 0,
        retryStale: true,
      });
      return status === 200 ? Buffer.from(body).toString("utf8") : undefined;
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      return undefined;
    }
  };
}

/** Media of messages: fetched when a message is accepted, stored, and served. */
export { MediaFetcher, type FetchedUrl, type FetchUrl, type MediaFetcherOptions } from "./fetch-media.ts";
export { mediumKey, removeMediaContent } from "./media-content.ts";
export { mediaRoutes, type MediaRoutesOptions } from "./media.resource.ts";

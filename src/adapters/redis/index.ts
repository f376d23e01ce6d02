/** What edges of a region share in Redis, where one is configured. It may be down: then it knows nothing. */
export { openRedis } from "./redis.ts";
export type { RedisConnection, RedisOptions } from "./redis.ts";
export { RedisSharedRoutes } from "./shared-routes.ts";

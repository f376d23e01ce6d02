import type { Log, LogOptions } from "./types.ts";

export declare function openLog(options: LogOptions): Promise<Log>;

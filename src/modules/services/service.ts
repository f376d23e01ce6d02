import type { MessagingService, Usecase } from "./directory.ts";

export const USECASES = ["notifications", "marketing", "verification", "discussion", "poll", "undeclared"] as const;

/** How a webhook is called. */
export type WebhookMethod = "GET" | "POST";

/**
 * What is set on a service. One name serves three places: the key `stickySender` is the
 * parameter `StickySender` and the column and field `sticky_sender`. Empty text stands for
 * a URL that is not set.
 */
export interface ServiceConfiguration {
  readonly friendlyName: string;
  readonly inboundRequestUrl: string;
  readonly inboundMethod: WebhookMethod;
  readonly fallbackUrl: string;
  readonly fallbackMethod: WebhookMethod;
  readonly statusCallback: string;
  readonly stickySender: boolean;
  readonly mmsConverter: boolean;
  readonly smartEncoding: boolean;
  readonly scanMessageContent: "inherit" | "enable" | "disable";
  readonly fallbackToLongCode: boolean;
  readonly areaCodeGeomatch: boolean;
  /** Seconds. */
  readonly validityPeriod: number;
  readonly synchronousValidation: boolean;
  readonly usecase: Usecase;
  readonly useInboundWebhookOnNumber: boolean;
}

/** Seconds. */
export const MAX_VALIDITY_PERIOD = 36_000;

/** A service on which nothing but its name was set. */
export const UNCONFIGURED_SERVICE: ServiceConfiguration = {
  friendlyName: "",
  inboundRequestUrl: "",
  inboundMethod: "POST",
  fallbackUrl: "",
  fallbackMethod: "POST",
  statusCallback: "",
  stickySender: true,
  mmsConverter: true,
  smartEncoding: true,
  scanMessageContent: "inherit",
  fallbackToLongCode: true,
  areaCodeGeomatch: true,
  validityPeriod: MAX_VALIDITY_PERIOD,
  synchronousValidation: false,
  usecase: "undeclared",
  useInboundWebhookOnNumber: false,
};

/** The keys of a configuration, in the order of its columns. */
export const SERVICE_KEYS = Object.keys(UNCONFIGURED_SERVICE) as readonly (keyof ServiceConfiguration)[];

/** The part of a configuration that a request sets. */
export type ServiceChanges = { readonly [Key in keyof ServiceConfiguration]?: ServiceConfiguration[Key] };

/** `stickySender` as columns and fields are written: `sticky_sender`. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** What the parameters of a request set: those that are named as a key of the configuration and present. */
export function changesOf(params: Readonly<Record<string, unknown>>): ServiceChanges {
  const changes: Record<string, unknown> = {};
  for (const key of SERVICE_KEYS) {
    const value = params[key.charAt(0).toUpperCase() + key.slice(1)];
    if (value !== undefined) changes[key] = value;
  }
  return changes;
}

/** A service as its row has it. */
export interface Service {
  readonly sid: string;
  readonly accountSid: string;
  /** Grows with every change of the service and of its pool. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly configuration: ServiceConfiguration;
}

/** Whose, and which. */
export interface Target {
  readonly accountSid: string;
  readonly sid: string;
}

/** As sending and receiving see it. */
export function messagingService({ sid, accountSid, configuration: set }: Service): MessagingService {
  return {
    sid,
    accountSid,
    friendlyName: set.friendlyName,
    inboundMethod: set.inboundMethod,
    fallbackMethod: set.fallbackMethod,
    useInboundWebhookOnNumber: set.useInboundWebhookOnNumber,
    stickySender: set.stickySender,
    smartEncoding: set.smartEncoding,
    mmsConverter: set.mmsConverter,
    fallbackToLongCode: set.fallbackToLongCode,
    areaCodeGeomatch: set.areaCodeGeomatch,
    validityPeriod: set.validityPeriod,
    usecase: set.usecase,
    ...(set.statusCallback === "" ? {} : { statusCallback: set.statusCallback }),
    ...(set.inboundRequestUrl === "" ? {} : { inboundRequestUrl: set.inboundRequestUrl }),
    ...(set.fallbackUrl === "" ? {} : { fallbackUrl: set.fallbackUrl }),
  };
}

import type { TrafficClass } from "../routing/index.ts";

/**
 * What a message is for, as Twilio names it (`MessageIntent`), and the lane that follows.
 * `emergency` is ours.
 */
export const MESSAGE_INTENTS: Readonly<Record<string, TrafficClass>> = {
  otp: "urgent",
  fraud: "urgent",
  security: "urgent",
  emergency: "urgent",
  notifications: "transactional",
  customercare: "transactional",
  delivery: "transactional",
  education: "transactional",
  events: "transactional",
  polling: "marketing",
  announcements: "marketing",
  marketing: "marketing",
};

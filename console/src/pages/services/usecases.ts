/** What a service may be for. */
export const USECASES = [
  { value: "notifications", label: "Notifications" },
  { value: "marketing", label: "Marketing" },
  { value: "verification", label: "Verification" },
  { value: "discussion", label: "Discussion" },
  { value: "poll", label: "Polls" },
  { value: "undeclared", label: "Undeclared" },
] as const;

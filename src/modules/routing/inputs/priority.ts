import type { RouteInput } from "./input.ts";

export const priority: RouteInput = {
  name: "priority",
  summary: "points lost for each step of the route's priority",
  defaultWeight: 1,
  value: (route) => -route.priority,
};

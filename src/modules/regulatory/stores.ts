import { AssignmentStore } from "./assignment.store.ts";
import { MAX_ASSIGNMENTS, MAX_ENDPOINTS } from "./dossier.ts";

/** What is in dossiers. */
export const assignmentStore = new AssignmentStore("regulatory_assignments", MAX_ASSIGNMENTS);
/** What dossiers stand for. */
export const endpointStore = new AssignmentStore("regulatory_endpoints", MAX_ENDPOINTS);

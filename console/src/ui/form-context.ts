import { createContext } from "react";

/** Whether the form around is being sent: its submit button shows that by itself. */
export const FormPending = createContext(false);

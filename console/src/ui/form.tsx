import { type FormEvent, type ReactNode, useState } from "react";
import { toApiError } from "../api/index.ts";
import { ErrorNote } from "./error-note.tsx";
import styles from "./field.module.css";
import { FormPending } from "./form-context.ts";

/** Props of a form. */
export interface FormProps {
  /** Gets the named fields as texts; what it throws is shown. */
  readonly onSubmit: (values: Readonly<Record<string, string>>) => void | Promise<unknown>;
  /** Shown above the buttons. */
  readonly error?: unknown;
  readonly children: ReactNode;
  readonly label?: string;
}

/** Fields that are sent together. Enter in a field submits; the submit button shows by itself that it goes on. */
export function Form({ onSubmit, error, children, label }: FormProps) {
  const [failure, setFailure] = useState<unknown>();
  const [isPending, setPending] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values: Record<string, string> = {};
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === "string") values[name] = value;
    }
    setFailure(undefined);
    setPending(true);
    Promise.resolve()
      .then(() => onSubmit(values))
      .catch((thrown: unknown) => setFailure(toApiError(thrown)))
      .finally(() => setPending(false));
  };
  const shown = error ?? failure;
  return (
    <form className={styles.form} onSubmit={submit} aria-label={label} noValidate>
      <FormPending value={isPending}>{children}</FormPending>
      {shown !== undefined && shown !== null && <ErrorNote error={shown} />}
    </form>
  );
}

import { useState } from "react";
import { Button, Dialog, Form, TextField } from "../../ui/index.ts";
import { numberFault, plainNumber } from "./phone-data.ts";

/** Props of the dialog. */
export interface NewPhoneDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onChosen: (number: string) => void;
}

/** Takes any number: a simulated phone comes into being with its first text. */
export function NewPhoneDialog({ isOpen, onClose, onChosen }: NewPhoneDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="A phone to play with">
      <NumberForm onChosen={onChosen} />
    </Dialog>
  );
}

function NumberForm({ onChosen }: Pick<NewPhoneDialogProps, "onChosen">) {
  const [number, setNumber] = useState("+1555");
  const [isTried, setTried] = useState(false);
  const fault = numberFault(number);
  return (
    <Form
      label="New phone"
      onSubmit={() => {
        setTried(true);
        if (fault === undefined) onChosen(plainNumber(number));
      }}
    >
      <TextField
        label="Its number"
        value={number}
        onChange={setNumber}
        type="tel"
        autoFocus
        error={isTried ? fault : undefined}
        description="Any number will do: nothing leaves this machine. Some fail on purpose: one that ends in 9990001 does not exist, 9990002 is switched off, 9990003 is filtered."
      />
      <div>
        <Button type="submit" tone="primary">
          Pick it up
        </Button>
      </div>
    </Form>
  );
}

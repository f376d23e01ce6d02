import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { api, consoleApi, useApiChange, useCan } from "../../api/index.ts";
import { describeText } from "../../sms/index.ts";
import { Checkbox, ErrorNote, IconButton, SegmentedControl, Select, TextArea } from "../../ui/index.ts";
import { formatNumber } from "./phone-data.ts";
import { SegmentMeter } from "./segment-meter.tsx";
import styles from "./composer.module.css";
import { CHANGES } from "./use-phones.ts";

/** Who texts whom. */
export type Way = "from-phone" | "to-phone";

/** Props of the composer. */
export interface ComposerProps {
  readonly phone: string;
  readonly way: Way;
  readonly onWay: (way: Way) => void;
  /** Numbers that the phone may text, and that may text it: the account's own first or last used. */
  readonly numbers: readonly string[];
  /** The account's own: others cannot send. */
  readonly ownNumbers: readonly string[];
  readonly onSent?: (way: Way) => void;
}

/** What is typed, to or from which number, and its sending. */
function useDraft({ phone, way, numbers, ownNumbers, onSent }: ComposerProps) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [isSmart, setSmart] = useState(false);
  const isFromPhone = way === "from-phone";
  const choices = isFromPhone ? numbers : ownNumbers;
  const number = chosen !== undefined && choices.includes(chosen) ? chosen : (choices[0] ?? "");
  const description = useMemo(() => describeText(text, isSmart && !isFromPhone), [text, isSmart, isFromPhone]);
  const sending = useApiChange(
    (body: string) =>
      isFromPhone
        ? consoleApi.post(`${CHANGES.phones}/${encodeURIComponent(phone)}/messages`, { to: number, body })
        : api.post(CHANGES.messages, { To: phone, From: number, Body: body, SmartEncoded: isSmart ? true : undefined }),
    {
      invalidates: [CHANGES.phones, CHANGES.messages],
      onDone: () => {
        setText("");
        onSent?.(way);
      },
    },
  );
  const maySubmit = text !== "" && number !== "" && !description.isTooLong;
  const submit = (): void => {
    if (maySubmit && !sending.isPending) sending.run(text);
  };
  return { text, setText, choices, number, setChosen, isSmart, setSmart, description, sending, maySubmit, submit };
}

type Draft = ReturnType<typeof useDraft>;

/** Types on the phone, or sends to it. */
export function Composer(props: ComposerProps) {
  const draft = useDraft(props);
  const isFromPhone = props.way === "from-phone";
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    draft.submit();
  };
  return (
    <div className={styles.composer}>
      <Ways draft={draft} way={props.way} onWay={props.onWay} />
      <ErrorNote error={draft.sending.error} />
      <div className={styles.line}>
        <TextArea
          label={isFromPhone ? "Type on the phone" : "Text to the phone"}
          hidesLabel
          placeholder={isFromPhone ? "Type on the phone" : "Send from your number"}
          rows={2}
          value={draft.text}
          onChange={draft.setText}
          onKeyDown={onKeyDown}
        />
        <IconButton
          label="Send"
          shortcut="Enter"
          tone="primary"
          icon={<ArrowUp size={18} />}
          onPress={draft.submit}
          isPending={draft.sending.isPending}
          isDisabled={!draft.maySubmit}
        />
      </div>
      <SegmentMeter text={draft.description} />
    </div>
  );
}

/** Who texts whom. */
function Ways({ draft, way, onWay }: Pick<ComposerProps, "way" | "onWay"> & { readonly draft: Draft }) {
  const maySend = useCan("messages.write");
  const isFromPhone = way === "from-phone";
  return (
    <div className={styles.head}>
      {maySend && (
        <SegmentedControl
          label="Who texts"
          size="s"
          options={[
            { value: "from-phone", label: "From phone" },
            { value: "to-phone", label: "To phone" },
          ]}
          value={way}
          onChange={onWay}
        />
      )}
      <Select
        label={isFromPhone ? "The phone texts" : "Your number"}
        hidesLabel
        options={draft.choices.map((one) => ({
          value: one,
          label: `${isFromPhone ? "to" : "from"} ${formatNumber(one)}`,
        }))}
        value={draft.number}
        onChange={draft.setChosen}
        placeholder="No number"
      />
      {!isFromPhone && (
        <Checkbox isSelected={draft.isSmart} onChange={draft.setSmart}>
          Smart encoding
        </Checkbox>
      )}
    </div>
  );
}

import { MessagesSquare } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { classes, Empty, ErrorNote, go, useSearchParams } from "../../ui/index.ts";
import type { Way } from "./composer.tsx";
import { DemoGuide } from "./demo-guide.tsx";
import { FirstText } from "./first-text.tsx";
import { NewPhoneDialog } from "./new-phone-dialog.tsx";
import { PhoneList } from "./phone-list.tsx";
import styles from "./phones-page.module.css";
import { Thread } from "./thread.tsx";
import { useOwnNumbers, usePhones } from "./use-phones.ts";
import { WebhookDialog } from "./webhook-dialog.tsx";

/** The simulated phones: chats at the left, one of them at the right. */
export default function PhonesPage() {
  const { phones, isLoading, error, live, more } = usePhones();
  const { numbers, isLoading: areNumbersLoading } = useOwnNumbers();
  const search = useSearchParams();
  const isWide = useIsWide();
  const [filter, setFilter] = useState("");
  const [way, setWay] = useState<Way>("from-phone");
  const [dialog, setDialog] = useState<"phone" | "webhook">();
  useEffect(() => {
    document.title = "Phones · Trunkline";
  }, []);
  const asked = search.get("phone");
  const selected = asked !== "" ? asked : isWide ? (phones[0]?.number ?? "") : "";
  const open = (phone: string): void => {
    setDialog(undefined);
    go(`/phones?phone=${encodeURIComponent(phone)}`);
  };
  const isEmpty = !isLoading && error === null && phones.length === 0 && asked === "";
  const shown = useMemo(() => {
    const isListed = asked === "" || phones.some(({ number }) => number === asked);
    return isListed ? phones : [{ number: asked, messageCount: 0 }, ...phones];
  }, [phones, asked]);
  return (
    <div className={classes(styles.page, selected !== "" && styles.open)}>
      <h1 className={styles.title}>Phones</h1>
      {error !== null && <ErrorNote error={error} />}
      {isEmpty ? (
        <FirstText numbers={numbers} isLoading={areNumbersLoading} onSent={open} />
      ) : (
        <div className={styles.panes}>
          <PhoneList
            phones={shown}
            isLoading={isLoading}
            selected={selected}
            text={filter}
            onText={setFilter}
            onNew={() => setDialog("phone")}
            onMore={more}
          />
          <div className={styles.pane}>
            {selected === "" ? (
              <Empty title="Pick up a phone" icon={<MessagesSquare size={22} />}>
                Choose one at the left.
              </Empty>
            ) : (
              <>
                <DemoGuide
                  phones={phones}
                  numbers={numbers}
                  onType={(next) => typeOn(next, setWay)}
                  onWebhook={() => setDialog("webhook")}
                />
                <Thread
                  phone={selected}
                  own={numbers}
                  way={way}
                  isLive={live.isLive}
                  onWay={setWay}
                  onBack={() => go("/phones")}
                  onWebhook={() => setDialog("webhook")}
                />
              </>
            )}
          </div>
        </div>
      )}
      <NewPhoneDialog isOpen={dialog === "phone"} onClose={() => setDialog(undefined)} onChosen={open} />
      <WebhookDialog
        isOpen={dialog === "webhook"}
        onClose={() => setDialog(undefined)}
        onSet={() => {
          setDialog(undefined);
          typeOn("from-phone", setWay);
        }}
        numbers={numbers}
      />
    </div>
  );
}

/** Puts the cursor where one types. */
function typeOn(way: Way, setWay: (way: Way) => void): void {
  setWay(way);
  requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("main textarea")?.focus());
}

const WIDE = "(width > 860px)";

function useIsWide(): boolean {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const media = matchMedia(WIDE);
    const read = (): void => setWide(media.matches);
    media.addEventListener("change", read);
    return () => media.removeEventListener("change", read);
  }, []);
  return isWide;
}

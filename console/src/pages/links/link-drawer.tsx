import { useState } from "react";
import { api, askAgain, useCan } from "../../api/index.ts";
import {
  Badge,
  Button,
  ConfirmDialog,
  CopyText,
  Drawer,
  Form,
  KeyValues,
  Link,
  Row,
  Section,
  Stack,
  StatusBadge,
  TextField,
  toast,
  When,
} from "../../ui/index.ts";
import { ClicksView } from "./clicks-view.tsx";
import { formatDay } from "./day.ts";
import { LINKS, type ShortLink, troubleOfTarget } from "./link.ts";
import { QrCode } from "./qr-code.tsx";

/** One link: where it leads, who came by it, and its code for paper. */
export function LinkDrawer({ link, onClose }: { readonly link: ShortLink; readonly onClose: () => void }) {
  const canWrite = useCan("links.write");
  const [target, setTarget] = useState(link.target_url);
  const [asks, setAsks] = useState(false);
  const path = `${LINKS}/${link.sid}`;
  const change = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(path, fields);
    askAgain(LINKS);
    toast.good("Saved.");
  };
  const isActive = link.status === "active";
  return (
    <Drawer isOpen onClose={onClose} title={link.title ?? `${link.domain_name}/${link.code}`}>
      <Stack gap="l">
        <KeyValues
          items={[
            { key: "Link", value: <CopyText>{link.short_url}</CopyText> },
            {
              key: "State",
              value: (
                <Row gap="s">
                  <StatusBadge status={link.status} />
                  {link.has_password && <Badge>password</Badge>}
                  {link.redirect === "permanent" && <Badge>permanent</Badge>}
                </Row>
              ),
            },
            { key: "Tags", value: link.tags.join(", "), isShown: link.tags.length > 0 },
            {
              key: "Sent in",
              value: <Link to={`/messages/${link.message_sid}`}>{link.message_sid ?? ""}</Link>,
              isShown: link.message_sid !== null,
            },
            { key: "Ends", value: link.date_expires === null ? "never" : formatDay(link.date_expires) },
            { key: "Made", value: <When at={link.date_created} /> },
          ]}
        />
        <Form onSubmit={() => change({ TargetUrl: target.trim() })}>
          <Stack gap="s">
            <TextField
              label="Leads to"
              type="url"
              value={target}
              onChange={setTarget}
              error={troubleOfTarget(target)}
              isDisabled={!canWrite}
              isMono
            />
            {canWrite && (
              <Row>
                <Button type="submit" isDisabled={target === link.target_url || troubleOfTarget(target) !== undefined}>
                  Change where it leads
                </Button>
                <Button
                  tone="quiet"
                  onPress={() => void change({ Status: isActive ? "disabled" : "active" }).catch(toast.bad)}
                >
                  {isActive ? "Disable it" : "Enable it"}
                </Button>
                <Button tone="danger" onPress={() => setAsks(true)}>
                  Delete it
                </Button>
              </Row>
            )}
          </Stack>
        </Form>
        <Section title="Clicks">
          <ClicksView linkSid={link.sid} />
        </Section>
        <Section title="QR code">
          <QrCode path={`${path}/QrCode`} name={`${link.domain_name}-${link.code}`} url={link.short_url} />
        </Section>
      </Stack>
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title="Delete this link?"
        confirm="Delete it"
        tone="danger"
        onConfirm={async () => {
          await api.delete(path);
          askAgain(LINKS);
          onClose();
        }}
      >
        Whoever follows it comes to nothing, in texts that were sent, too.
      </ConfirmDialog>
    </Drawer>
  );
}

import { useState } from "react";
import { api, askAgain, useCan } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  CopyText,
  Drawer,
  KeyValues,
  Link,
  Row,
  Stack,
  toast,
  When,
} from "../../ui/index.ts";
import { capabilityNames, inboundOf, type OwnNumber } from "./number.ts";
import type { ServiceOfNumber } from "./use-number-services.ts";
import { WebhooksForm } from "./webhooks-form.tsx";

const LIST = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers";

/** Props of the drawer. */
export interface NumberDrawerProps {
  readonly number: OwnNumber;
  readonly service: ServiceOfNumber | undefined;
  readonly onClose: () => void;
}

/** One number: what it is, what becomes of texts to it, and giving it back. */
export function NumberDrawer({ number, service, onClose }: NumberDrawerProps) {
  const canWrite = useCan("numbers.write");
  const [asks, setAsks] = useState(false);
  const path = `${LIST}/${number.sid}.json`;
  const release = async (): Promise<void> => {
    await api.delete(path);
    askAgain(LIST, "/v1/Services");
    toast.good(`${number.phone_number} is released.`);
    onClose();
  };
  return (
    <Drawer isOpen onClose={onClose} title={number.phone_number}>
      <Stack>
        <KeyValues
          items={[
            { key: "SID", value: <CopyText>{number.sid}</CopyText> },
            { key: "Kind", value: number.type },
            {
              key: "Can",
              value: (
                <Row gap="s">
                  {capabilityNames(number.capabilities).map((name) => (
                    <Badge key={name}>{name}</Badge>
                  ))}
                </Row>
              ),
            },
            {
              key: "Service",
              value: service === undefined ? "none" : <Link to={`/services/${service.sid}`}>{service.name}</Link>,
            },
            {
              key: "Address",
              value: <CopyText>{number.address_sid ?? ""}</CopyText>,
              isShown: number.address_sid !== null,
            },
            { key: "Since", value: <When at={number.date_created} /> },
          ]}
        />
        <InboundNote number={number} service={service} />
        <WebhooksForm path={path} list={LIST} number={number} onDone={onClose} />
        {canWrite && (
          <Row>
            <Button tone="danger" onPress={() => setAsks(true)}>
              Release this number
            </Button>
          </Row>
        )}
      </Stack>
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={`Release ${number.phone_number}?`}
        confirm="Release it"
        tone="danger"
        typed={number.phone_number}
        onConfirm={release}
      >
        It is no longer yours at once: texts to it are not taken any more, nothing can be sent from it, and somebody
        else may get it. It leaves its Messaging Service, too.
      </ConfirmDialog>
    </Drawer>
  );
}

function InboundNote({ number, service }: Pick<NumberDrawerProps, "number" | "service">) {
  const inbound = inboundOf(number, service);
  if (inbound === "service") {
    return (
      <Card tone="info">
        Its service decides what becomes of texts: the URLs below are used only where the service leaves that to its
        numbers.
      </Card>
    );
  }
  if (inbound === "application") {
    return (
      <Card tone="info">
        The application <code>{number.sms_application_sid}</code> decides what becomes of texts, not the URLs below.
      </Card>
    );
  }
  if (inbound !== "nothing") return null;
  return (
    <Card tone="warn">
      Texts to it are kept and shown with the messages, but nobody is told of them
      {service === undefined ? ". Say a URL below." : ": its service has no URL. Set one there."}
    </Card>
  );
}

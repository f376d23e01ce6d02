import { useState } from "react";
import { api, askAgain, useApi, useCan } from "../../api/index.ts";
import { Button, ConfirmDialog, Empty, ListView, removeColumn, When } from "../../ui/index.ts";
import { AddSenderDialog } from "./add-sender-dialog.tsx";
import {
  ON_MESSAGING,
  type PoolSender,
  SENDER_KINDS,
  type SenderItem,
  type Service,
  SERVICES,
  sendersOf,
} from "./service.ts";

/** A pool has at most 400 senders of a kind, as with Twilio; one page holds them. */
const ALL = { ...ON_MESSAGING, query: { PageSize: 1_000 } };

/** The pool of a service. */
export function SendersTab({ service }: { readonly service: Service }) {
  const canWrite = useCan("services.write");
  const [isOpen, setOpen] = useState(false);
  const [doomed, setDoomed] = useState<PoolSender>();
  const path = `${SERVICES}/${service.sid}`;
  const [numberKind, codeKind, nameKind] = SENDER_KINDS;
  const numbers = useApi<Readonly<Record<string, readonly SenderItem[]>>>(`${path}/${numberKind.path}`, ALL);
  const codes = useApi<Readonly<Record<string, readonly SenderItem[]>>>(`${path}/${codeKind.path}`, ALL);
  const names = useApi<Readonly<Record<string, readonly SenderItem[]>>>(`${path}/${nameKind.path}`, ALL);
  const rows = [
    ...sendersOf(numberKind, numbers.data?.[numberKind.key] ?? []),
    ...sendersOf(codeKind, codes.data?.[codeKind.key] ?? []),
    ...sendersOf(nameKind, names.data?.[nameKind.key] ?? []),
  ];
  const add = canWrite && (
    <Button tone="primary" onPress={() => setOpen(true)}>
      Add a sender
    </Button>
  );
  return (
    <ListView<PoolSender>
      label="Senders"
      list={{
        rows,
        isLoading: numbers.isPending || codes.isPending || names.isPending,
        error: numbers.error ?? codes.error ?? names.error,
      }}
      actions={add}
      empty={
        <Empty title="No senders yet" action={add}>
          Nothing can be sent by this service until its pool has a number, a short code or a name.
        </Empty>
      }
      columns={[
        { id: "address", header: "Sender", cell: ({ address }) => <strong>{address}</strong> },
        { id: "kind", header: "Kind", cell: ({ kind }) => kind.label },
        { id: "country", header: "Country", isMinor: true, cell: ({ country }) => country || "–" },
        {
          id: "can",
          header: "Can",
          isMinor: true,
          cell: ({ capabilities }) => capabilities.join(", "),
        },
        { id: "since", header: "In it since", isMinor: true, cell: ({ date_created }) => <When at={date_created} /> },
        canWrite && removeColumn({ label: ({ address }) => `Take ${address} out`, onPress: setDoomed }),
      ]}
    >
      {isOpen && <AddSenderDialog serviceSid={service.sid} pool={rows} onClose={() => setOpen(false)} />}
      {doomed !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={() => setDoomed(undefined)}
          title={`Take ${doomed.address} out of the pool?`}
          confirm="Take it out"
          tone="danger"
          onConfirm={async () => {
            await api.delete(`${path}/${doomed.kind.path}/${doomed.sid}`, ON_MESSAGING);
            askAgain(SERVICES);
          }}
        >
          It stays yours. Recipients who were written to from it get texts from another sender of the pool.
        </ConfirmDialog>
      )}
    </ListView>
  );
}

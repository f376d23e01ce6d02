import { api, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import { Badge, Button, Card, Empty, ListTable, toast, When } from "../../ui/index.ts";
import { describeAgent, MAIN } from "./user.ts";

interface ConsoleSession {
  readonly sid: string;
  readonly user_sid: string;
  readonly is_current: boolean;
  readonly source_ip_address: string | null;
  readonly user_agent: string | null;
  readonly date_created: string;
  readonly date_last_seen: string;
}

const PATH = "/trunkline/v1/Console/Sessions";

/** Where one is signed in; who manages users sees theirs, too. */
export function SessionsCard() {
  const { user } = useSession();
  const seesAll = useCan("users.read");
  const pages = usePages<ConsoleSession>(PATH, "sessions", MAIN);
  const end = useApiChange((sid: string) => api.delete(`${PATH}/${sid}`, MAIN), {
    invalidates: [PATH],
    onFailed: toast.bad,
  });
  return (
    <Card title={seesAll ? "Sessions of everybody" : "Your sessions"} isFlush>
      <ListTable<ConsoleSession>
        label="Sessions"
        list={pages}
        height={360}
        empty={<Empty title="No sessions" />}
        columns={[
          {
            id: "browser",
            header: "Browser",
            width: "1.6fr",
            cell: (session) => (
              <>
                {describeAgent(session.user_agent)} {session.is_current && <Badge tone="good">this one</Badge>}
                {session.user_sid !== user.sid && <Badge>somebody else</Badge>}
              </>
            ),
          },
          { id: "from", header: "From", isMinor: true, cell: (row) => row.source_ip_address ?? "–" },
          { id: "since", header: "Signed in", isMinor: true, cell: (row) => <When at={row.date_created} /> },
          { id: "seen", header: "Seen", cell: (row) => <When at={row.date_last_seen} /> },
          {
            id: "end",
            header: "",
            align: "end",
            width: "90px",
            cell: (session) =>
              !session.is_current && (
                <Button size="s" isPending={end.isPending} onPress={() => end.run(session.sid)}>
                  End
                </Button>
              ),
          },
        ]}
      />
    </Card>
  );
}

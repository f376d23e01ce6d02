import { useState } from "react";
import { api, askAgain, useApiChange, useCan, usePages, useSession } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  CopyText,
  Drawer,
  ErrorNote,
  KeyValues,
  Row,
  Section,
  Select,
  Stack,
  StatusBadge,
  toast,
  When,
} from "../../ui/index.ts";
import { formatDay } from "./day.ts";
import { type DomainNeed, DOMAINS, type LinkDomain } from "./link.ts";
import styles from "./links.module.css";

const SHORTENING = "/v1/LinkShortening/Domains";
const ON_MESSAGING = { product: "messaging" } as const;

/** Props of the drawer. */
export interface DomainDrawerProps {
  readonly domain: LinkDomain;
  readonly need: DomainNeed;
  readonly onClose: () => void;
}

/** One link domain: how it stands, what to do next, which services use it. */
export function DomainDrawer({ domain, need, onClose }: DomainDrawerProps) {
  const canWrite = useCan("links.write");
  const { isOperator } = useSession();
  const [asks, setAsks] = useState(false);
  const path = `${DOMAINS}/${domain.sid}`;
  const verify = useApiChange(() => api.post<LinkDomain>(`${path}/Verification`), {
    invalidates: [DOMAINS],
    onDone: ({ status }) =>
      status === "verified"
        ? toast.good("It is yours.")
        : toast.info("The proof was not found yet. DNS can take a while."),
  });
  const decide = useApiChange((status: string) => api.post(path, { Status: status }), { invalidates: [DOMAINS] });
  const certify = useApiChange(() => api.post(`${SHORTENING}/${domain.sid}/RequestManagedCert`, {}, ON_MESSAGING), {
    invalidates: [DOMAINS],
    onDone: () => toast.good("A certificate is being obtained."),
  });
  return (
    <Drawer isOpen onClose={onClose} title={domain.domain_name}>
      <Stack gap="l">
        <KeyValues
          items={[
            { key: "SID", value: <CopyText>{domain.sid}</CopyText> },
            { key: "State", value: <StatusBadge status={domain.status} /> },
            { key: "Proved", value: <When at={domain.date_verified} /> },
            {
              key: "Certificate",
              value:
                domain.certificate_expires === null ? (
                  <Badge tone="warn">none</Badge>
                ) : (
                  `ends on ${formatDay(domain.certificate_expires)}`
                ),
            },
          ]}
        />
        <ErrorNote error={verify.error ?? decide.error ?? certify.error} />
        {need === "proof" && (
          <ProofSteps domain={domain} canWrite={canWrite} isPending={verify.isPending} onVerify={() => verify.run()} />
        )}
        {need === "operator" && (
          <Card tone="bad">The operator has blocked this domain. Links on it lead nowhere until that is undone.</Card>
        )}
        {(need === "certificate" || need === "renewal") && (
          <Card tone={need === "renewal" ? "warn" : "info"} title="Next: a certificate">
            <Stack>
              <p>
                Browsers go to <code>https://{domain.domain_name}</code>. Point its DNS here first, then let a
                certificate be obtained and renewed by itself, or upload your own by the API.
              </p>
              {canWrite && (
                <Row>
                  <Button isPending={certify.isPending} onPress={() => certify.run()}>
                    Obtain a certificate
                  </Button>
                </Row>
              )}
            </Stack>
          </Card>
        )}
        {domain.status === "verified" && <ServicesOfDomain domain={domain} canWrite={canWrite} />}
        {canWrite && (
          <Row>
            {isOperator && domain.status === "pending" && (
              <Button onPress={() => decide.run("verified")}>Approve without proof (operator)</Button>
            )}
            {isOperator && domain.status !== "blocked" && (
              <Button tone="quiet" onPress={() => decide.run("blocked")}>
                Block it (operator)
              </Button>
            )}
            {isOperator && domain.status === "blocked" && (
              <Button onPress={() => decide.run("verified")}>Unblock it (operator)</Button>
            )}
            <Button tone="danger" onPress={() => setAsks(true)}>
              Delete it
            </Button>
          </Row>
        )}
      </Stack>
      <ConfirmDialog
        isOpen={asks}
        onClose={() => setAsks(false)}
        title={`Delete ${domain.domain_name}?`}
        confirm="Delete it"
        tone="danger"
        typed={domain.domain_name}
        onConfirm={async () => {
          await api.delete(path);
          askAgain(DOMAINS);
          onClose();
        }}
      >
        Only a domain without links can be deleted.
      </ConfirmDialog>
    </Drawer>
  );
}

interface ProofStepsProps {
  readonly domain: LinkDomain;
  readonly canWrite: boolean;
  readonly isPending: boolean;
  readonly onVerify: () => void;
}

function ProofSteps({ domain, canWrite, isPending, onVerify }: ProofStepsProps) {
  const { dns, file } = domain.proof;
  return (
    <Card tone="info" title="Next: prove that it is yours, in one of two ways">
      <ol className={styles.steps}>
        <li>
          A {dns.type} record in DNS:
          <KeyValues
            items={[
              { key: "Name", value: <CopyText>{dns.name}</CopyText> },
              { key: "Value", value: <CopyText>{dns.value}</CopyText> },
            ]}
          />
        </li>
        <li>
          Or a file on it:
          <KeyValues
            items={[
              { key: "At", value: <CopyText>{file.url}</CopyText> },
              { key: "Holding", value: <CopyText>{file.content}</CopyText> },
            ]}
          />
        </li>
      </ol>
      {canWrite && (
        <Row>
          <Button tone="primary" isPending={isPending} onPress={onVerify}>
            Look for the proof
          </Button>
        </Row>
      )}
    </Card>
  );
}

function ServicesOfDomain({ domain, canWrite }: { readonly domain: LinkDomain; readonly canWrite: boolean }) {
  const canRead = useCan("services.read");
  const [chosen, setChosen] = useState("");
  const { rows } = usePages<{ readonly sid: string; readonly friendly_name: string }>("/v1/Services", "services", {
    ...ON_MESSAGING,
    isEnabled: canRead,
  });
  const base = `${SHORTENING}/${domain.sid}/MessagingServices`;
  const change = useApiChange(
    ({ sid, isIn }: { sid: string; isIn: boolean }) =>
      isIn ? api.post(`${base}/${sid}`, {}, ON_MESSAGING) : api.delete(`${base}/${sid}`, ON_MESSAGING),
    { invalidates: [DOMAINS], onDone: () => setChosen("") },
  );
  const nameOf = (sid: string): string => rows.find((row) => row.sid === sid)?.friendly_name ?? sid;
  const others = rows.filter(({ sid }) => !domain.messaging_services.includes(sid));
  return (
    <Section title="Messaging Services" subtitle="Their texts with ShortenUrls have links on this domain.">
      <Stack gap="s">
        <ErrorNote error={change.error} />
        {domain.messaging_services.map((sid) => (
          <Row key={sid} isSpread>
            <span>{nameOf(sid)}</span>
            {canWrite && (
              <Button size="s" tone="quiet" onPress={() => change.run({ sid, isIn: false })}>
                Take it off
              </Button>
            )}
          </Row>
        ))}
        {canWrite && others.length > 0 && (
          <Row>
            <Select
              label="Service"
              hidesLabel
              placeholder="Choose a service"
              options={others.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))}
              value={chosen === "" ? undefined : chosen}
              onChange={setChosen}
            />
            <Button
              isDisabled={chosen === ""}
              isPending={change.isPending}
              onPress={() => change.run({ sid: chosen, isIn: true })}
            >
              Use it for this service
            </Button>
          </Row>
        )}
      </Stack>
    </Section>
  );
}

import { useState } from "react";
import { api, useApiChange } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  Empty,
  ErrorNote,
  Form,
  Money,
  NumberField,
  Row,
  Select,
  Stack,
  TextArea,
  TextField,
  useSearchParams,
} from "../../ui/index.ts";
import { type Candidate, type Explanation, short, whyOf } from "./explanation.ts";
import styles from "./routes.module.css";

const ROUTING = "/trunkline/v1/Routing";
const DEFAULT_TO = "+447700900123";
const DEFAULT_FROM = "+15005550100";

interface Question {
  readonly To: string;
  readonly From: string;
  readonly Body: string;
  readonly TrafficClass: string;
  readonly AccountSid: string;
  readonly TableVersion: number | undefined;
  readonly Excluded: readonly string[];
}

/** Asks how a message would be routed, without sending it; then what if a carrier had refused it. */
export function ExplainTab() {
  const { get } = useSearchParams();
  const [question, setQuestion] = useState<Question>({
    To: get("to") || DEFAULT_TO,
    From: get("from") || DEFAULT_FROM,
    Body: "Hello",
    TrafficClass: "transactional",
    AccountSid: get("account") || "",
    TableVersion: undefined,
    Excluded: [],
  });
  const asked = useApiChange<Question, Explanation>((fields) =>
    api.post(`${ROUTING}/Explanations`, { ...fields, AccountSid: fields.AccountSid || undefined }, { account: null }),
  );
  const change = (part: Partial<Question>): void => setQuestion((known) => ({ ...known, ...part }));
  const ask = (part: Partial<Question> = {}): void => {
    const next = { ...question, ...part };
    setQuestion(next);
    asked.run(next);
  };
  return (
    <Stack gap="l">
      <Card>
        <Form label="The message" onSubmit={() => ask({ Excluded: [] })}>
          <div className={styles.fields}>
            <TextField label="To" value={question.To} onChange={(To) => change({ To })} type="tel" isRequired />
            <TextField label="From" value={question.From} onChange={(From) => change({ From })} isRequired />
            <Select
              label="Class"
              options={["urgent", "transactional", "marketing"].map((value) => ({ value, label: value }))}
              value={question.TrafficClass}
              onChange={(TrafficClass) => change({ TrafficClass })}
            />
            <NumberField
              label="Table version"
              value={question.TableVersion}
              onChange={(TableVersion) => change({ TableVersion })}
              min={0}
              description="The active one unless you say another."
            />
            <TextField
              label="Account"
              value={question.AccountSid}
              onChange={(AccountSid) => change({ AccountSid: AccountSid.trim() })}
              placeholder="Your own"
              isMono
            />
            <TextArea label="Text" value={question.Body} onChange={(Body) => change({ Body })} rows={2} />
          </div>
          <div>
            <Button type="submit" tone="primary" isPending={asked.isPending}>
              How would it be routed?
            </Button>
          </div>
        </Form>
      </Card>
      <ErrorNote error={asked.error} />
      {asked.data !== undefined && (
        <Answer explanation={asked.data} excluded={question.Excluded} onExcluded={(Excluded) => ask({ Excluded })} />
      )}
    </Stack>
  );
}

function Answer({
  explanation,
  excluded,
  onExcluded,
}: {
  readonly explanation: Explanation;
  readonly excluded: readonly string[];
  readonly onExcluded: (carriers: readonly string[]) => void;
}) {
  const { ranking, candidates, network, country, ported, table_version: version, health_version: health } = explanation;
  const [first] = ranking;
  const { more_candidates: more, usable } = explanation;
  return (
    <Stack gap="l">
      <Card tone={first === undefined ? "bad" : usable === 0 ? "warn" : "info"}>
        <Stack gap="s">
          <strong>{headline(first, usable)}</strong>
          <span className={styles.facts}>
            {[
              country === null ? undefined : `country ${country}`,
              network === null ? "network not known" : `network ${network}${ported ? " (ported)" : ""}`,
              `table ${version}`,
              `health ${health}`,
            ]
              .filter((part) => part !== undefined)
              .join(" · ")}
          </span>
          {excluded.length > 0 && (
            <Row gap="s">
              <span>What if these had refused it:</span>
              {excluded.map((name) => (
                <Badge key={name} tone="warn">
                  {name}
                </Badge>
              ))}
              <Button size="s" onPress={() => onExcluded([])}>
                Take that back
              </Button>
            </Row>
          )}
        </Stack>
      </Card>
      {candidates.length === 0 ? (
        <Empty title="No carrier has a route to the number">The message would be refused.</Empty>
      ) : (
        <ol className={styles.candidates}>
          {candidates.map((candidate, index) => (
            <CandidateLine
              key={candidate.carrier}
              candidate={candidate}
              why={whyOf(explanation, index)}
              onWithout={() => onExcluded([...excluded, candidate.carrier])}
            />
          ))}
        </ol>
      )}
      {more > 0 && <p className={styles.facts}>And {more} more.</p>}
      <LeftOut explanation={explanation} />
    </Stack>
  );
}

/** Routes that are not for this message. */
function LeftOut({ explanation }: { readonly explanation: Explanation }) {
  const { left_out: left, more_left_out: more } = explanation;
  if (left.length === 0) return null;
  return (
    <Card title="Not asked">
      <ul className={styles.left}>
        {left.map(({ carrier, why }, index) => (
          <li key={index}>
            <strong>{carrier}</strong> {why}
          </li>
        ))}
      </ul>
      {more > 0 && <p className={styles.facts}>And {more} more.</p>}
    </Card>
  );
}

function headline(first: string | undefined, usable: number): string {
  if (first === undefined) return "Nobody would take it.";
  return usable === 0 ? `It would wait for ${first}, which cannot take messages now.` : `It would go by ${first}.`;
}

function CandidateLine({
  candidate,
  why,
  onWithout,
}: {
  readonly candidate: Candidate;
  readonly why: string;
  readonly onWithout: () => void;
}) {
  const { carrier, place, destination, usable, excluded, priority, weight, score, terms } = candidate;
  const told = terms.filter(({ points }) => points !== 0);
  return (
    <li className={styles.candidate} data-first={place === 1 ? "" : undefined}>
      <span className={styles.place}>{place}</span>
      <div className={styles.body}>
        <span className={styles.head}>
          <strong>{carrier}</strong>
          {excluded ? (
            <Badge tone="warn">has refused it</Badge>
          ) : (
            <Badge tone={usable ? "good" : "bad"} hasDot>
              {usable ? "usable" : "not now"}
            </Badge>
          )}
        </span>
        <p>{why}</p>
        <span className={styles.facts}>
          route to {destination} · priority {priority} · weight {weight} ·{" "}
          <Money micros={candidate.price_micros} currency={candidate.currency} /> a segment · score {short(score)}
          {told.length > 0 && <> = {told.map(({ input, points }) => `${input} ${short(points)}`).join(" + ")}</>}
        </span>
      </div>
      {!excluded && (
        <Button size="s" onPress={onWithout}>
          What if it refuses?
        </Button>
      )}
    </li>
  );
}

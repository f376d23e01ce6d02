import { useState } from "react";
import { api, askAgain, useApi, useCan } from "../../api/index.ts";
import {
  Badge,
  Button,
  Card,
  ErrorNote,
  Form,
  Grid,
  Link,
  Row,
  Skeleton,
  Stack,
  Switch,
  TextArea,
  TextField,
  toast,
} from "../../ui/index.ts";
import { keywordsOf } from "./service.ts";
import styles from "./services.module.css";

/** An item of `OptOuts/Configurations`. */
interface KeywordConfiguration {
  readonly sid: string;
  readonly scope: string;
  readonly country: string | null;
  readonly enabled: boolean;
  readonly replies: boolean;
  readonly languages: readonly string[];
  readonly stop_keywords: readonly string[];
  readonly start_keywords: readonly string[];
  readonly help_keywords: readonly string[];
  readonly stop_reply: string | null;
  readonly start_reply: string | null;
  readonly help_reply: string | null;
}

interface DefaultKeyword {
  readonly keyword: string;
  readonly message_type: string;
  readonly language: string;
  readonly message: string;
}

const PATH = "/trunkline/v1/OptOuts/Configurations";
const ALL = { query: { PageSize: 1_000 } };
const LANGUAGES = [
  ["fr", "French"],
  ["de", "German"],
  ["es", "Spanish"],
  ["pt", "Portuguese"],
  ["it", "Italian"],
  ["nl", "Dutch"],
] as const;

/** How words such as STOP are read and answered, for texts to this service. */
export function OptOutsTab({ serviceSid }: { readonly serviceSid: string }) {
  const asked = useApi<{ configurations: readonly KeywordConfiguration[] }>(PATH, ALL);
  const found = asked.data?.configurations.find(({ scope, country }) => scope === serviceSid && country === null);
  if (asked.error !== null) return <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />;
  if (asked.data === undefined) return <Skeleton lines={6} />;
  return (
    <Stack>
      <KeywordForm key={found?.sid ?? "none"} serviceSid={serviceSid} configuration={found} />
      <DefaultKeywords />
      <p className={styles.soft}>
        Who has opted out of this service: <Link to={`/rules?tab=opt-outs&scope=${serviceSid}`}>the list</Link>.
      </p>
    </Stack>
  );
}

interface KeywordFormProps {
  readonly serviceSid: string;
  readonly configuration: KeywordConfiguration | undefined;
}

function KeywordForm({ serviceSid, configuration }: KeywordFormProps) {
  const canWrite = useCan("rules.write");
  const [isEnabled, setEnabled] = useState(configuration?.enabled ?? true);
  const [replies, setReplies] = useState(configuration?.replies ?? true);
  const [languages, setLanguages] = useState<ReadonlySet<string>>(new Set(configuration?.languages));
  const save = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    await api.post(PATH, {
      Scope: serviceSid,
      Enabled: isEnabled,
      Replies: replies,
      Languages: [...languages],
      StopKeywords: keywordsOf(fields["StopKeywords"] ?? ""),
      StartKeywords: keywordsOf(fields["StartKeywords"] ?? ""),
      HelpKeywords: keywordsOf(fields["HelpKeywords"] ?? ""),
      StopReply: fields["StopReply"],
      StartReply: fields["StartReply"],
      HelpReply: fields["HelpReply"],
    });
    askAgain(PATH);
    toast.good("Saved. It holds from the next text on.");
  };
  const toggle = (language: string, isOn: boolean): void => {
    const next = new Set(languages);
    if (isOn) next.add(language);
    else next.delete(language);
    setLanguages(next);
  };
  return (
    <Form onSubmit={save}>
      <Stack>
        <Card title="Keywords">
          <Stack>
            <Switch isSelected={isEnabled} onChange={setEnabled} isDisabled={!canWrite}>
              Act on keywords
              <small className={styles.hint}>Off: your program sees them and has to act on them itself.</small>
            </Switch>
            <Switch isSelected={replies} onChange={setReplies} isDisabled={!canWrite || !isEnabled}>
              Answer them
            </Switch>
            <Row>
              {LANGUAGES.map(([language, name]) => (
                <Switch
                  key={language}
                  isSelected={languages.has(language)}
                  onChange={(isOn) => toggle(language, isOn)}
                  isDisabled={!canWrite || !isEnabled}
                >
                  {name}
                </Switch>
              ))}
            </Row>
            <p className={styles.soft}>English words are always understood.</p>
          </Stack>
        </Card>
        <Grid min="m">
          <WordsCard
            title="Opt out"
            name="Stop"
            words={configuration?.stop_keywords}
            reply={configuration?.stop_reply}
            isDisabled={!canWrite}
          />
          <WordsCard
            title="Opt in again"
            name="Start"
            words={configuration?.start_keywords}
            reply={configuration?.start_reply}
            isDisabled={!canWrite}
          />
          <WordsCard
            title="Ask for help"
            name="Help"
            words={configuration?.help_keywords}
            reply={configuration?.help_reply}
            isDisabled={!canWrite}
          />
        </Grid>
        {canWrite && (
          <Row>
            <Button type="submit" tone="primary">
              Save
            </Button>
          </Row>
        )}
      </Stack>
    </Form>
  );
}

interface WordsCardProps {
  readonly title: string;
  readonly name: "Stop" | "Start" | "Help";
  readonly words: readonly string[] | undefined;
  readonly reply: string | null | undefined;
  readonly isDisabled: boolean;
}

function WordsCard({ title, name, words, reply, isDisabled }: WordsCardProps) {
  return (
    <Card title={title}>
      <Stack>
        <TextField
          label="Further words"
          name={`${name}Keywords`}
          defaultValue={words?.join(", ") ?? ""}
          description="Separated by commas."
          isDisabled={isDisabled}
        />
        <TextArea
          label="Answer"
          name={`${name}Reply`}
          defaultValue={reply ?? ""}
          placeholder="The usual one of the language"
          maxLength={320}
          isDisabled={isDisabled}
        />
      </Stack>
    </Card>
  );
}

function DefaultKeywords() {
  const asked = useApi<{ default_keywords: readonly DefaultKeyword[] }>("/trunkline/v1/OptOuts/DefaultKeywords", ALL);
  const words = (asked.data?.default_keywords ?? []).filter(({ language }) => language === "en");
  if (words.length === 0) return null;
  return (
    <Card title="Understood without any setting">
      <Grid min="m">
        {["STOP", "START", "HELP"].map((type) => (
          <div key={type} className={styles.words}>
            {words
              .filter(({ message_type }) => message_type === type)
              .map(({ keyword }) => (
                <Badge key={keyword}>{keyword}</Badge>
              ))}
          </div>
        ))}
      </Grid>
    </Card>
  );
}

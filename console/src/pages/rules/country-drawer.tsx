import { Badge, Drawer, Empty, KeyValues, Link, Section, Stack } from "../../ui/index.ts";
import { type CountryRow, type CountryRule, type Source, weekOf } from "./rules.ts";
import styles from "./rules.module.css";

const WORDS: Readonly<Record<string, string>> = {
  allowed: "allowed",
  registered: "only registered ones",
  forbidden: "refused",
  rewritten: "replaced by carriers",
  blocked: "refused",
};

/** What a country lets be sent to it, and where that stands. */
export function CountryDrawer({ row, onClose }: { readonly row: CountryRow; readonly onClose: () => void }) {
  const { rule } = row;
  return (
    <Drawer isOpen onClose={onClose} title={row.name}>
      {rule === undefined ? (
        <Empty title="Nothing special is known">
          The usual holds: all senders, at all hours, without registration.
        </Empty>
      ) : (
        <RuleView row={row} rule={rule} />
      )}
    </Drawer>
  );
}

function RuleView({ row, rule }: { readonly row: CountryRow; readonly rule: CountryRule }) {
  const hours = rule.marketing_hours;
  return (
    <Stack gap="l">
      <KeyValues
        items={[
          {
            key: "May be sent to",
            value: <Badge tone={row.isEnabled ? "good" : "neutral"}>{row.isEnabled ? "yes" : "no"}</Badge>,
          },
          { key: "Risk", value: <Badge tone="warn">high: the operator decides</Badge>, isShown: row.isHighRisk },
          { key: "Names", value: WORDS[rule.alphanumeric] ?? rule.alphanumeric },
          {
            key: "Names have to be",
            value: <code>{rule.alphanumeric_pattern}</code>,
            isShown: rule.alphanumeric_pattern !== null,
          },
          {
            key: "Too general names",
            value: rule.generic_names_blocked.join(", "),
            isShown: rule.generic_names_blocked.length > 0,
          },
          { key: "Foreign numbers", value: WORDS[rule.foreign_numbers] ?? rule.foreign_numbers },
          {
            key: "Replaced by",
            value: Object.values(rule.rewrite_to ?? {}).join(", "),
            isShown: rule.rewrite_to !== null,
          },
          { key: "Registry", value: rule.registry ?? "none" },
          { key: "Public shorteners", value: WORDS[rule.public_shorteners] ?? rule.public_shorteners },
          { key: "Marketing says STOP", value: rule.stop_mention ? "has to" : "need not" },
          { key: "Flash messages", value: rule.flash ? "allowed" : "refused" },
          {
            key: "Marketing hours",
            value:
              hours === null ? (
                "any"
              ) : (
                <ul className={styles.week}>
                  {weekOf(hours).map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                  {!hours.public_holidays && <li>not on public holidays</li>}
                </ul>
              ),
          },
          {
            key: "States of their own",
            value: Object.keys(rule.state_hours).join(", "),
            isShown: Object.keys(rule.state_hours).length > 0,
          },
        ]}
      />
      {rule.sources.length > 0 && (
        <Section title="Where this stands">
          <SourceList sources={rule.sources} />
        </Section>
      )}
    </Stack>
  );
}

function SourceList({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <ul className={styles.sources}>
      {sources.map(({ url, read }) => (
        <li key={url}>
          <Link to={url}>{url}</Link>, read {read}
        </li>
      ))}
    </ul>
  );
}

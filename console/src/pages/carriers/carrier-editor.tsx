import { useState } from "react";
import { api, type ApiError, askAgain, useApi, useApiChange } from "../../api/index.ts";
import { Button, Card, ErrorNote, go, LinkButton, Select, Skeleton, Stack, toast } from "../../ui/index.ts";
import { CARRIERS, type Carrier } from "./carrier.ts";
import { documentOf, type FormValue, givenOf, groupsOf, isUsed, problemsOf, type VariantSpec } from "./carrier-form.ts";
import styles from "./carriers.module.css";
import { FieldSet } from "./form-fields.tsx";
import { TestButton } from "./test-steps.tsx";

/** Groups that are always open: what nobody gets around. */
const MAIN_GROUPS = new Set(["Carrier", "Connection", "Request", "Answer"]);

const TYPE_WORDS: Readonly<Record<string, string>> = {
  smpp: "SMPP: an operator or aggregator with an SMSC",
  http: "HTTP: an aggregator with an API of its own",
  twilio: "Twilio: an account of a compatible platform",
  null: "Null: nowhere, for load tests",
};

/** The form for a carrier, made of the schema that the system itself checks by. */
export function CarrierEditor({ carrier }: { readonly carrier?: Carrier }) {
  const { data, error } = useApi<{ readonly types: readonly VariantSpec[] }>(`${CARRIERS}/Types`, { account: null });
  if (data === undefined) return error === null ? <Skeleton lines={8} /> : <ErrorNote error={error} />;
  return <EditorOf types={data.types} {...(carrier === undefined ? {} : { carrier })} />;
}

function EditorOf({ types, carrier }: { readonly types: readonly VariantSpec[]; readonly carrier?: Carrier }) {
  const [type, setType] = useState(carrier?.type ?? "smpp");
  const fields = types.find((one) => one.type === type)?.fields ?? [];
  const [values, setValues] = useState<Readonly<Record<string, FormValue>>>(() =>
    carrier?.settings === undefined || carrier.settings === null ? {} : givenOf(fields, carrier.settings),
  );
  const [refusal, setRefusal] = useState<ApiError>();
  const problems = refusal === undefined ? new Map<string, string>() : problemsOf(refusal.message);
  const save = useSave(carrier, setRefusal);
  const body = (): Readonly<Record<string, unknown>> => documentOf(type, values);
  const shown = carrier === undefined ? fields : fields.filter(({ name }) => name !== "name");
  const withName = carrier === undefined ? body : () => ({ ...body(), name: carrier.name });
  return (
    <Stack gap="l">
      {carrier === undefined && (
        <Card>
          <div className={styles.fields}>
            <Select
              label="Type"
              options={types.map((one) => ({ value: one.type, label: TYPE_WORDS[one.type] ?? one.type }))}
              value={type}
              onChange={(chosen) => {
                setType(chosen);
                setRefusal(undefined);
              }}
            />
          </div>
        </Card>
      )}
      {groupsOf(shown).map(({ group, fields: own }) => {
        const set = <FieldSet fields={own} path="" values={values} onChange={setValues} problems={problems} />;
        const isWrong = own.some(({ name }) => [...problems.keys()].some((path) => path.split(/[.[]/, 1)[0] === name));
        return MAIN_GROUPS.has(group) ? (
          <Card key={group} title={group}>
            {set}
          </Card>
        ) : (
          <details key={group} className={styles.more} open={isWrong || isUsed(own, values) || undefined}>
            <summary>
              {group} <small>{own.length} settings</small>
            </summary>
            <div className={styles.moreBody}>{set}</div>
          </details>
        );
      })}
      <ErrorNote error={refusal} />
      <div className={styles.foot}>
        <LinkButton to={carrier === undefined ? "/carriers" : `/carriers/${carrier.name}`}>Cancel</LinkButton>
        <TestButton
          subject={() => (carrier === undefined ? { carrier: body() } : { name: carrier.name, carrier: withName() })}
          onFailed={(failure) => setRefusal(failure as ApiError)}
        />
        <Button tone="primary" isPending={save.isPending} onPress={() => save.run(withName())}>
          {carrier === undefined ? "Add the carrier" : "Save"}
        </Button>
      </div>
    </Stack>
  );
}

function useSave(carrier: Carrier | undefined, onFailed: (error: ApiError | undefined) => void) {
  return useApiChange<Readonly<Record<string, unknown>>, Carrier>(
    (document) => {
      onFailed(undefined);
      const path = carrier === undefined ? CARRIERS : `${CARRIERS}/${carrier.name}`;
      return api.json("POST", { path, body: { carrier: document }, account: null });
    },
    {
      onFailed,
      onDone: ({ name }) => {
        toast.good(carrier === undefined ? `${name} is added.` : `${name} is changed.`);
        askAgain(CARRIERS);
        go(`/carriers/${name}`);
      },
    },
  );
}

import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton, NumberField, Select, Switch, TextArea, TextField } from "../../ui/index.ts";
import {
  type FieldSpec,
  type FormValue,
  type ItemSpec,
  labelOf,
  MASK,
  partsOfUrl,
  type SmppParts,
  urlOfParts,
} from "./carrier-form.ts";
import styles from "./carriers.module.css";

/** Longer ones get a field of several lines. */
const LONG_TEXT = 400;

/** Props of a field that is made of its description. */
export interface SchemaFieldProps {
  readonly spec: FieldSpec;
  /** Where it stands: `submit.headers[0].name`. */
  readonly path: string;
  readonly value: FormValue;
  readonly onChange: (value: FormValue) => void;
  readonly problems: ReadonlyMap<string, string>;
  readonly isDisabled?: boolean;
}

/** One field of the form, whatever its kind. */
export function SchemaField(props: SchemaFieldProps) {
  const { spec, path, value, onChange, problems, isDisabled = false } = props;
  const label = labelOf(spec.name);
  const error = problems.get(path);
  const note = plain(spec.description);
  const common = { label, error, isDisabled, description: note, isRequired: spec.required };
  switch (spec.kind) {
    case "boolean":
      return (
        <div>
          <Switch isSelected={(value ?? spec.default) === true} onChange={onChange} isDisabled={isDisabled}>
            {label}
          </Switch>
          <p className={styles.hint}>{note}</p>
        </div>
      );
    case "integer":
      return (
        <NumberField
          {...common}
          value={typeof value === "number" ? value : typeof spec.default === "number" ? spec.default : undefined}
          onChange={onChange}
          {...(spec.min === undefined ? {} : { min: spec.min })}
          {...(spec.max === undefined ? {} : { max: spec.max })}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          options={choicesOf(spec)}
          value={textOf(value ?? spec.default)}
          onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)}
        />
      );
    case "list":
      return <ListField {...props} />;
    case "record":
      return <RecordField {...props} />;
    case "variant":
      return <VariantField {...props} />;
    default:
      if (isSmppUrl(spec)) return <SmppAddressFields {...props} />;
      return <PlainText {...props} common={common} />;
  }
}

function PlainText({
  spec,
  value,
  onChange,
  common,
}: SchemaFieldProps & {
  readonly common: { label: string; error: string | undefined; isDisabled: boolean; description: string };
}) {
  const text = textOf(value);
  const usual = typeof spec.default === "string" ? spec.default : "";
  const isLong = /JSON document|16384 characters/.test(spec.expected ?? "") || (spec.maxLength ?? 0) > LONG_TEXT;
  const change = (next: string): void => onChange(next === "" ? undefined : next);
  if (isLong && !spec.secret) return <TextArea {...common} value={text} onChange={change} rows={4} isMono />;
  return (
    <TextField
      {...common}
      value={text}
      onChange={change}
      placeholder={usual}
      type={spec.secret ? "password" : "text"}
      autoComplete="off"
    />
  );
}

function textOf(value: FormValue): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function choicesOf({ values = [], required, default: usual }: FieldSpec) {
  const options = values.map((value) => ({ value, label: value }));
  return required || usual !== null ? options : [{ value: "", label: "Not set" }, ...options];
}

/** Descriptions are written for Markdown. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}

function isSmppUrl({ expected = "" }: FieldSpec): boolean {
  return expected.startsWith("smpp://");
}

/** The URL of an SMSC in its parts: nobody should have to write one. */
function SmppAddressFields({ path, value, onChange, problems, isDisabled = false }: SchemaFieldProps) {
  const parts = partsOfUrl(typeof value === "string" ? value : "");
  const set = (change: Partial<SmppParts>): void => onChange(urlOfParts({ ...parts, ...change }) || undefined);
  const error = problems.get(path);
  return (
    <fieldset className={`${styles.nested} ${styles.wide}`}>
      <legend>Where it is, and how to sign in</legend>
      <div className={styles.fields}>
        <TextField
          label="Host"
          value={parts.host}
          onChange={(host) => set({ host: host.trim() })}
          placeholder="smpp.carrier.example"
          isRequired
          isDisabled={isDisabled}
        />
        <TextField
          label="Port"
          value={parts.port}
          onChange={(port) => set({ port: port.replace(/\D/g, "").slice(0, 5) })}
          placeholder={parts.tls ? "3550" : "2775"}
          inputMode="numeric"
          isDisabled={isDisabled}
        />
        <TextField
          label="System ID"
          value={parts.systemId}
          onChange={(systemId) => set({ systemId })}
          maxLength={15}
          autoComplete="off"
          isRequired
          isDisabled={isDisabled}
        />
        <TextField
          label="Password"
          type="password"
          value={parts.password}
          onChange={(password) => set({ password })}
          maxLength={8}
          autoComplete="new-password"
          isDisabled={isDisabled}
          {...(parts.password === MASK ? { description: "Kept as it is, unless you write another." } : {})}
        />
      </div>
      <Switch isSelected={parts.tls} onChange={(tls) => set({ tls })} isDisabled={isDisabled}>
        TLS (smpps)
      </Switch>
      {error !== undefined && (
        <p className={styles.hint} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function ListField({ spec, path, value, onChange, problems, isDisabled = false }: SchemaFieldProps) {
  const items = Array.isArray(value) ? (value as readonly FormValue[]) : [];
  const { item } = spec;
  if (item === undefined) return null;
  const label = labelOf(spec.name);
  if (item.kind !== "record" && item.kind !== "variant") {
    const wrong = [...problems].filter(([where]) => where === path || where.startsWith(`${path}[`));
    return (
      <TextArea
        label={label}
        value={items.map(String).join("\n")}
        onChange={(text) => onChange(text === "" ? undefined : text.split("\n"))}
        onBlur={() => onChange(tidy(items))}
        rows={3}
        isMono
        isDisabled={isDisabled}
        description={`${plain(spec.description)} One a line${item.expected === undefined ? "" : `: ${plain(item.expected)}`}.`}
        error={wrong[0]?.[1]}
      />
    );
  }
  const set = (index: number, next: FormValue): void => onChange(items.map((one, at) => (at === index ? next : one)));
  return (
    <fieldset className={`${styles.nested} ${styles.wide}`}>
      <legend>{label}</legend>
      <p className={styles.hint}>{plain(spec.description)}</p>
      {items.map((one, index) => (
        <div key={index} className={styles.item}>
          <SchemaField
            spec={named(item, `${label} ${index + 1}`)}
            path={`${path}[${index}]`}
            value={one}
            onChange={(next) => set(index, next)}
            problems={problems}
            isDisabled={isDisabled}
          />
          <IconButton
            label={`Remove ${label} ${index + 1}`}
            icon={<Trash2 size={15} />}
            onPress={() => onChange(items.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button size="s" icon={<Plus size={14} />} isDisabled={isDisabled} onPress={() => onChange([...items, {}])}>
          One more
        </Button>
      </div>
    </fieldset>
  );
}

function tidy(items: readonly FormValue[]): FormValue {
  const kept = items.map((item) => String(item).trim()).filter((item) => item !== "");
  return kept.length === 0 ? undefined : kept;
}

/** An item of a list as a field that has to be there. */
function named(item: ItemSpec, name: string): FieldSpec {
  return { ...item, name, required: true, default: null, description: "", secret: false, group: null };
}

function RecordField({ spec, path, value, onChange, problems, isDisabled = false }: SchemaFieldProps) {
  const own = valuesOf(value);
  const isSet = spec.required || value !== undefined;
  return (
    <fieldset className={`${styles.nested} ${styles.wide}`}>
      <legend>{labelOf(spec.name)}</legend>
      {spec.description !== "" && <p className={styles.hint}>{plain(spec.description)}</p>}
      {!spec.required && (
        <Switch isSelected={isSet} onChange={(on) => onChange(on ? {} : undefined)} isDisabled={isDisabled}>
          Set
        </Switch>
      )}
      {isSet && (
        <FieldSet
          fields={spec.fields ?? []}
          path={path}
          values={own}
          onChange={onChange}
          problems={problems}
          isDisabled={isDisabled}
        />
      )}
    </fieldset>
  );
}

function VariantField({ spec, path, value, onChange, problems, isDisabled = false }: SchemaFieldProps) {
  const own = valuesOf(value ?? spec.default);
  const { variants = [] } = spec;
  const type = typeof own["type"] === "string" ? own["type"] : "";
  const fields = variants.find((variant) => variant.type === type)?.fields ?? [];
  const options = variants.map((variant) => ({ value: variant.type, label: variant.type }));
  return (
    <fieldset className={`${styles.nested} ${styles.wide}`}>
      <legend>{labelOf(spec.name)}</legend>
      {spec.description !== "" && <p className={styles.hint}>{plain(spec.description)}</p>}
      <Select
        label="Type"
        options={spec.required ? options : [{ value: "", label: "Not set" }, ...options]}
        value={type}
        onChange={(chosen) => onChange(chosen === "" ? undefined : { type: chosen })}
        isDisabled={isDisabled}
        error={problems.get(`${path}.type`)}
      />
      {fields.length > 0 && (
        <FieldSet
          fields={fields}
          path={path}
          values={own}
          onChange={onChange}
          problems={problems}
          isDisabled={isDisabled}
        />
      )}
    </fieldset>
  );
}

/** Fields beside each other. */
export function FieldSet({
  fields,
  path,
  values,
  onChange,
  problems,
  isDisabled = false,
}: Omit<SchemaFieldProps, "spec" | "value" | "onChange"> & {
  readonly fields: readonly FieldSpec[];
  readonly values: Readonly<Record<string, FormValue>>;
  readonly onChange: (values: Readonly<Record<string, FormValue>>) => void;
}) {
  return (
    <div className={styles.fields}>
      {fields.map((spec) => (
        <SchemaField
          key={spec.name}
          spec={spec}
          path={path === "" ? spec.name : `${path}.${spec.name}`}
          value={values[spec.name]}
          onChange={(value) => onChange({ ...values, [spec.name]: value })}
          problems={problems}
          isDisabled={isDisabled}
        />
      ))}
    </div>
  );
}

function valuesOf(value: FormValue): Readonly<Record<string, FormValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, FormValue>)
    : {};
}

import { useState } from "react";
import { api, askAgain } from "../../api/index.ts";
import { Button, Dialog, Form, Grid, go, Select, Stack, Switch, TextField, toast } from "../../ui/index.ts";
import { charactersOf, type LinkDomain, LINKS, previewOf, type ShortLink, troubleOfTarget } from "./link.ts";
import styles from "./links.module.css";

/** Makes a link, and shows before how it will look. */
export function LinkDialog({
  domains,
  onClose,
}: {
  readonly domains: readonly LinkDomain[];
  readonly onClose: () => void;
}) {
  const [domain, setDomain] = useState(domains[0]?.domain_name ?? "");
  const [target, setTarget] = useState("");
  const [slug, setSlug] = useState("");
  const [isPermanent, setPermanent] = useState(false);
  const preview = previewOf(domain, slug);
  const make = async ({ Title, Tag, Password, DateExpires }: Readonly<Record<string, string>>): Promise<void> => {
    const made = await api.post<ShortLink>(LINKS, {
      TargetUrl: target.trim(),
      DomainName: domain,
      Slug: slug.trim() || undefined,
      Title: Title || undefined,
      Tag: Tag === undefined || Tag === "" ? undefined : Tag.split(",").map((each) => each.trim()),
      Password: Password || undefined,
      DateExpires: DateExpires === undefined || DateExpires === "" ? undefined : new Date(DateExpires),
      Permanent: isPermanent ? "true" : undefined,
    });
    askAgain(LINKS);
    toast.good("The link works.");
    onClose();
    go(`/links?link=${made.sid}`);
  };
  return (
    <Dialog isOpen onClose={onClose} title="New link">
      <Form onSubmit={make}>
        <Stack>
          <TextField
            label="Leads to"
            type="url"
            placeholder="https://shop.example/offer?customer=1"
            value={target}
            onChange={setTarget}
            error={troubleOfTarget(target)}
            isRequired
            isMono
            autoFocus
          />
          <Grid min="s">
            <Select
              label="Domain"
              options={domains.map(({ domain_name: name }) => ({ value: name, label: name }))}
              value={domain}
              onChange={setDomain}
            />
            <TextField
              label="Slug"
              value={slug}
              onChange={setSlug}
              placeholder="made up"
              description="Empty for a short code that nobody can guess."
              isMono
            />
          </Grid>
          <output className={styles.preview} aria-label="Preview">
            {preview}
            <small>{charactersOf(preview)} characters in a text</small>
          </output>
          <Grid min="s">
            <TextField label="Title" name="Title" />
            <TextField label="Tags" name="Tag" description="Separated by commas." />
            <TextField label="Password" name="Password" type="password" autoComplete="new-password" />
            <TextField label="Ends" name="DateExpires" placeholder="2027-01-31" description="A day, or empty." isMono />
          </Grid>
          <Switch isSelected={isPermanent} onChange={setPermanent}>
            It never leads elsewhere: browsers may remember it, and their later clicks are not counted
          </Switch>
          <Button type="submit" tone="primary" isDisabled={target === "" || troubleOfTarget(target) !== undefined}>
            Make it
          </Button>
        </Stack>
      </Form>
    </Dialog>
  );
}

import { readFile, stat } from "node:fs/promises";

/** PostgreSQL refuses to run as root; these users are tried in turn. */
const PREFERRED_USERS = ["postgres", "nobody", "daemon"];

/** Who the server runs as. `uid` is absent where that is simply us. */
export interface OperatingUser {
  readonly name: string;
  readonly uid: number | undefined;
  /** To spread into the options of `spawn`. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

/**
 * Chooses the user for a data folder: ourselves, or when we are root the owner
 * of an existing folder, or else the first of the usual unprivileged users.
 * Throws a sentence for the operator where the folder belongs to somebody else.
 */
export async function chooseOperatingUser(dataFolder: string): Promise<OperatingUser> {
  const existing = await stat(dataFolder).catch(() => undefined);
  const self = process.getuid?.() ?? -1;
  if (self !== 0) {
    if (existing !== undefined && existing.uid !== self) {
      throw new Error(
        `${dataFolder} belongs to the user with id ${existing.uid}. Start as that user or as root, or use another data folder.`,
      );
    }
    return { name: "this user", uid: undefined, ids: {} };
  }
  if (existing !== undefined && existing.uid !== 0)
    return asUser(`with id ${existing.uid}`, existing.uid, existing.gid);
  const users = await readUsers();
  for (const name of PREFERRED_USERS) {
    const found = users.get(name);
    if (found !== undefined) return asUser(name, found.uid, found.gid);
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is none of the users ${PREFERRED_USERS.join(", ")} to run it as. Create one (useradd --system postgres), or start as an ordinary user.`,
  );
}

function asUser(name: string, uid: number, gid: number): OperatingUser {
  return { name, uid, ids: { uid, gid } };
}

async function readUsers(): Promise<Map<string, { uid: number; gid: number }>> {
  const users = new Map<string, { uid: number; gid: number }>();
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  for (const line of lines) {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    // macOS writes `nobody` as -2, which cannot be handed to setuid as it stands.
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid) && uid !== "0") users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users;
}

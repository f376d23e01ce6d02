import pg from "pg";

/**
 * Creates a database on the server of `url` where it is not there, and resolves to its URL.
 * The user of `url` needs the right to create databases, unless it is there already.
 */
export async function ensureDatabase(url: string, name: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new Error(`'${name}' cannot be the name of a database`);
  const client = new pg.Client({ connectionString: url });
  // A server that goes away while we are connected is reported by the query that fails.
  client.on("error", () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  } catch (error) {
    const { code } = error as { code?: string };
    // 42P04: it is there. 23505: another connection created it at this moment.
    if (code !== "42P04" && code !== "23505") throw error;
  } finally {
    await client.end();
  }
  const named = new URL(url);
  named.pathname = `/${name}`;
  return named.toString();
}

import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";

/** A database of the control plane that can be taken away and given back. */
export class ControlDatabase {
  private readonly control: TestPostgres;
  private readonly administration: TestPostgres;

  private constructor(control: TestPostgres, administration: TestPostgres) {
    this.control = control;
    this.administration = administration;
  }

  static async start(): Promise<ControlDatabase> {
    return new ControlDatabase(await startTestPostgres(), await startTestPostgres());
  }

  /** The setting that makes a fleet use it. */
  get env(): Readonly<Record<string, string>> {
    return { TRUNKLINE_CONTROL_DATABASE_URL: this.control.url };
  }

  /** Nobody gets in any more, and whoever is in is thrown out. */
  async takeAway(): Promise<void> {
    const { database } = this.administration;
    await database.query(`alter database ${this.name} allow_connections false`);
    await database.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [this.name]);
  }

  async giveBack(): Promise<void> {
    await this.administration.database.query(`alter database ${this.name} allow_connections true`);
  }

  async stop(): Promise<void> {
    await this.control.stop();
    await this.administration.stop();
  }

  private get name(): string {
    return new URL(this.control.url).pathname.slice(1);
  }
}

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { findProgram, missingPrograms } from "./programs.ts";

const PROGRAM = "chromium";
/** A browser asks the world for updates and much else, which tests have no use for. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-proxy-server",
];
/** How long is waited for something to appear, on a machine that does much else. */
const PATIENCE_MS = 20_000;

/** Why tests in a browser are skipped here; `undefined` where they run. */
export function missingBrowser(): string | undefined {
  return missingPrograms([PROGRAM], "apt-get install chromium");
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
}

/** A browser without a window. */
export class TestBrowser {
  private readonly browser: Browser;

  private constructor(browser: Browser) {
    this.browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const executablePath = findProgram(PROGRAM) ?? PROGRAM;
    return new TestBrowser(await chromium.launch({ executablePath, args: FLAGS }));
  }

  /** A visitor of his own: no cookies, nothing stored. Whatever a page says on its console as an error is kept. */
  async visit(options: VisitOptions = {}): Promise<Visit> {
    const { width = 1_280, height = 800, colorScheme = "light" } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme,
      reducedMotion: "reduce",
      locale: "en-GB",
      timezoneId: "UTC",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Visit(context, await context.newPage());
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** One visitor and the page that he looks at. */
export class Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What pages threw or wrote as errors, among it everything that the Content-Security-Policy refused. */
  readonly errors: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(`thrown: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(`console: ${message.text()} (${message.location().url})`);
    });
  }

  /** Writes what is seen to a PNG file. */
  async picture(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path, animations: "disabled" });
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** A text that a phone has sent. */
export interface SentText {
  readonly to: string;
  readonly body: string;
}

/** Phones of the simulated carrier that text the accounts' numbers in turn, at a steady rate. */
export class TextLoad {
  /** Those that the carrier has taken from the phone. */
  readonly sent: SentText[] = [];
  private readonly options: { readonly phonesUrl: string; readonly perSecond: number };
  private readonly numbers: readonly string[];
  private timer: NodeJS.Timeout | undefined;
  private count = 0;
  private readonly underWay = new Set<Promise<void>>();

  constructor(numbers: readonly string[], options: { readonly phonesUrl: string; readonly perSecond: number }) {
    this.numbers = numbers;
    this.options = options;
  }

  start(): void {
    this.timer = setInterval(() => {
      const text = this.text().finally(() => this.underWay.delete(text));
      this.underWay.add(text);
    }, 1_000 / this.options.perSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
  }

  private async text(): Promise<void> {
    const sequence = this.count;
    this.count += 1;
    const to = this.numbers[sequence % this.numbers.length] ?? "";
    const text = { to, body: `text ${sequence} to ${to}` };
    const phone = `+1559${String(sequence % 50).padStart(7, "0")}`;
    const response = await fetch(`${this.options.phonesUrl}/simulator/phones/${encodeURIComponent(phone)}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(text),
    });
    await response.text();
    if (response.ok) this.sent.push(text);
  }
}

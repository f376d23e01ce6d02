import type { AppError } from "../../kernel/errors.ts";
import type { Draft, Verdict } from "./compliance.ts";
import { rules, type Rule, type RuleAnswer, type RuleWorld } from "./rules/index.ts";

/** A refusal or a hold, told to whoever counts. */
export interface RuleOutcome {
  readonly rule: string;
  readonly kind: "refuse" | "hold";
  readonly code: number | undefined;
  readonly accountSid: string;
}

/** How often a rule has spoken since the process started. */
export interface RuleCount {
  refused: number;
  held: number;
}

const ACCEPT: Verdict = { kind: "accept" };

/** The rules that concern a country, at accept and at submit. */
interface Plan {
  readonly accept: readonly Rule[];
  readonly submit: readonly Rule[];
}

/** Asks the rules. Which of them can have a say about a country is found out once, until a setting changes. */
export class RuleEngine {
  readonly counts = new Map<string, RuleCount>(rules.map(({ name }) => [name, { refused: 0, held: 0 }]));
  private readonly world: RuleWorld;
  private readonly onOutcome: (outcome: RuleOutcome) => void;
  private plans = new Map<string, Plan>();

  constructor(world: RuleWorld, onOutcome: (outcome: RuleOutcome) => void) {
    this.world = world;
    this.onOutcome = onOutcome;
  }

  /** A setting has changed. */
  changed(): void {
    this.plans = new Map();
  }

  judge(draft: Draft, stage: keyof Plan): Verdict {
    const { country = "" } = draft;
    let plan = this.plans.get(country);
    if (plan === undefined) {
      plan = this.planFor(country);
      this.plans.set(country, plan);
    }
    let added: RuleAnswer[] | undefined;
    for (const rule of plan[stage]) {
      const answer = rule.judge(draft, this.world);
      if (answer === undefined) continue;
      if ("refuse" in answer) return this.refused(draft, rule, answer.refuse);
      if ("holdUntilMs" in answer) return this.held(draft, rule, answer.holdUntilMs);
      added = added === undefined ? [answer] : [...added, answer];
    }
    return added === undefined ? ACCEPT : Object.assign({}, ACCEPT, ...added);
  }

  /** The names of the rules that a message to a country is held to as things are now, in their order. */
  asked(country: string): readonly string[] {
    return this.planFor(country).accept.map(({ name }) => name);
  }

  private planFor(country: string): Plan {
    const accept = rules.filter((rule) => rule.concerns(country, this.world));
    return { accept, submit: accept.filter(({ asked }) => asked === "both") };
  }

  private refused({ accountSid }: Draft, { name: rule }: Rule, error: AppError): Verdict {
    this.count(rule).refused += 1;
    this.onOutcome({ rule, kind: "refuse", code: error.code, accountSid });
    return { kind: "refuse", error, rule };
  }

  private held({ accountSid }: Draft, { name: rule }: Rule, untilMs: number): Verdict {
    this.count(rule).held += 1;
    this.onOutcome({ rule, kind: "hold", code: undefined, accountSid });
    return { kind: "hold", untilMs, rule };
  }

  private count(rule: string): RuleCount {
    const known = this.counts.get(rule);
    if (known !== undefined) return known;
    const made = { refused: 0, held: 0 };
    this.counts.set(rule, made);
    return made;
  }
}

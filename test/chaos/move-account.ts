import { waitFor } from "../kit/wait-for.ts";
import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

const MOVE_LIMIT_MS = 90_000;
/** Between begin and activation there are a few seconds in which the target is killed. */
const MAX_KILL_DELAY_MS = 1_500;

interface MoveView {
  readonly sid: string;
  readonly step: string;
  readonly status?: string;
  readonly reason?: string | null;
}

export const moveAccount: Scenario = {
  name: "move-account",
  summary: "an account moved under load, and the target killed meanwhile",
  promise:
    "nothing of the account is lost, doubled or accepted twice, and it is refused with 503/20503 for a moment only; " +
    "accounts of third cells notice nothing",
  run: (run) =>
    ChaosWorld.with(run, { cells: "messaging=3" }, async (world) => {
      const [source = "", target = ""] = run.random.oneIn(2) ? world.mortals : world.mortals.toReversed();
      const [moved] = world.accountsOf(source);
      await world.sendAll(["us1"]);
      await world.during("before", () => world.wait(10));
      await world.during("during", async () => {
        const begun = await world.fleet.ask("POST", "/trunkline/v1/Moves", {
          AccountSid: moved?.accountSid ?? "",
          To: target,
        });
        world.require(begun.status === 201, `the move was answered ${begun.status}`);
        const { sid } = begun.json as MoveView;
        const startMs = performance.now();
        await world.wait(run.random.between(0, MAX_KILL_DELAY_MS) / 1_000);
        const killedAt = await stepOf(world, sid);
        await world.killAndWait(target);
        world.findings.push(`The target was killed at or after the step \`${killedAt.step}\`.`);
        const end = await waitFor("the move to end", async () => endOf(await stepOf(world, sid)), MOVE_LIMIT_MS);
        const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
        world.findings.push(`The move was \`${end.step}\` after ${seconds} s${end.reason ? ` (${end.reason})` : ""}.`);
        world.require(end.step === "done", `the move ended as ${end.step}`);
      });
      await world.during("after", () => world.wait(5));
      const isMoved = (number: string): boolean => number === moved?.number;
      const others = world.loads.filter(({ options }) => !isMoved(options.from));
      const groups = [
        { name: "that was moved", loads: world.loads.filter(({ options }) => isMoved(options.from)), isSpared: false },
        {
          name: "of the killed target",
          loads: others.filter(({ options }) => options.cell === target),
          isSpared: false,
        },
        { name: "elsewhere", loads: others.filter(({ options }) => options.cell !== target), isSpared: true },
      ];
      return world.judge(groups, { mayTextsDouble: true, refusals: ["503/20503"] });
    }),
};

async function stepOf(world: ChaosWorld, sid: string): Promise<MoveView> {
  const { json } = await world.fleet.ask("GET", `/trunkline/v1/Moves/${sid}`);
  return json as MoveView;
}

const ENDS: readonly string[] = ["done", "canceled", "failed"];

function endOf(move: MoveView): MoveView | undefined {
  return ENDS.includes(move.step) ? move : undefined;
}

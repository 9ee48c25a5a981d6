/** How far a run is: one line on a terminal, which is gone when the run has ended. */
import type { WriteStream } from "node:tty";
import { formatDurationMs } from "../../core/units.ts";
import { clipped } from "../../load/report/safe-text.ts";
import type { Progress } from "../../load/run.ts";

/** What is known of a run before it begins. */
export interface RunLength {
  readonly targets: readonly unknown[];
  readonly pairs: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

type Told = Parameters<Progress>[0];

/** What is used of standard error. */
type Terminal = Pick<WriteStream, "isTTY" | "columns" | "write">;

const ERASE = "\r\u001b[K";

/** What is being measured, and about how long the run goes on, in so many columns. */
export function progressLine({ target, pair, pairs }: Told, leftSeconds: number, columns: number): string {
  const left = formatDurationMs(Math.ceil(Math.max(0, leftSeconds)) * 1000);
  return clipped(`${left} left: measuring ${target}, pair ${pair + 1} of ${pairs}`, Math.max(1, columns - 1));
}

/** Shows it where somebody looks, once a second; `end` has to be called, whatever comes of the run. */
export function showProgress(run: RunLength, stream: Terminal): { readonly told: Progress; readonly end: () => void } {
  if (!stream.isTTY) return { told: () => {}, end: () => {} };
  const legSeconds = run.warmupSeconds + run.seconds;
  let legsLeft = run.targets.length * run.pairs;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearInterval(timer);
    stream.write(ERASE);
  };
  const told: Progress = (leg) => {
    clearInterval(timer);
    let leftSeconds = legsLeft-- * legSeconds;
    const draw = (): void => void stream.write(`${ERASE}${progressLine(leg, leftSeconds--, stream.columns)}`);
    draw();
    timer = setInterval(draw, 1000);
  };
  return { told, end };
}

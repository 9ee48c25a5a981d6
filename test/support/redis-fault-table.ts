/** Prints what a fault of the store did, as a row of the table in docs/limits.md. */
export function faultRow(
  name: string,
  seen: {
    readonly closed: { readonly granted: number; readonly unavailable: number };
    readonly hybrid: { readonly granted: number; readonly unavailable: number };
    readonly longest: number;
    readonly overruns: number;
    readonly healedMs: number;
    readonly events: readonly string[];
  },
): void {
  const { closed, hybrid, longest, overruns, healedMs, events } = seen;
  const shareOf = ({ granted, unavailable }: typeof closed) =>
    `${((100 * unavailable) / (granted + unavailable)).toFixed(0)} %`;
  const told = events.filter((event) => event !== "connected").join(", ") || "-";
  console.log(
    `# | ${name} | ${shareOf(closed)} | ${shareOf(hybrid)} | ${overruns} | ${longest.toFixed(1)} ms | ${healedMs.toFixed(0)} ms | ${told} |`,
  );
}

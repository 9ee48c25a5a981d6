import type { Problem } from "../core/problem.ts";

/** Problems as text for people, in the order given: one line each, one for its hint, and a summary. Ends with a newline. */
export function printProblems(problems: readonly Problem[]): string {
  return `${[...problems.flatMap(linesOf), summarizeProblems(problems)].join("\n")}\n`;
}

/** How many problems there are: `2 errors, 1 warning`, or `no problems`. */
export function summarizeProblems(problems: readonly Problem[]): string {
  const count = (severity: Problem["severity"]): string[] => {
    const found = problems.filter((problem) => problem.severity === severity).length;
    return found === 0 ? [] : [`${found} ${severity}${found === 1 ? "" : "s"}`];
  };
  return [...count("error"), ...count("warning")].join(", ") || "no problems";
}

function linesOf({ file, line, column, severity, code, message, hint }: Problem): string[] {
  const place = [file, line, column].filter((part) => part !== undefined && part !== "").join(":");
  const text = `${severity}[${code}]: ${message}`;
  return [place === "" ? text : `${place}: ${text}`, ...(hint === undefined ? [] : [`  hint: ${hint}`])];
}

import { canonicalPath, mergeSlashes } from "../../policy/path.ts";
import type { Step } from "../pipeline.ts";

/** Step 3: the canonical path, which is forwarded, and its merged form, which is judged. */
export const path: Step = {
  name: "path",
  run(x) {
    x.path = canonicalPath(x.rawPath);
    if (x.path === "") return "bad_path";
    x.judged = mergeSlashes(x.path);
    return "next";
  },
  explain(x) {
    const forwarded =
      x.path === x.rawPath ? `\`${x.path}\` is canonical` : `\`${x.rawPath}\` is forwarded as \`${x.path}\``;
    return x.judged === x.path ? forwarded : `${forwarded}, judged as \`${x.judged}\``;
  },
};

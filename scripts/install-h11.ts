/** Installs the Python parser h11, which the real tests ask, into a virtual environment of this checkout. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const environment = fileURLToPath(new URL("../node_modules/.cache/h11", import.meta.url));

/** The Python that has h11, once it is installed. */
export const h11Python = `${environment}/bin/python`;

if (import.meta.main) {
  execFileSync("python3", ["-m", "venv", environment], { stdio: "inherit" });
  execFileSync(h11Python, ["-m", "pip", "install", "--quiet", "h11==0.16.0"], { stdio: "inherit" });
}

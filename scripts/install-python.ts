/** Installs what the real tests ask of Python into `node_modules/.cache/python`: `node scripts/install-python.ts`. */
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../node_modules/.cache/python", import.meta.url));

/** The Python of the virtual environment, which has h11 and odoorpc. */
export const python = `${cache}/venv/bin/python`;

const packages = ["h11==0.16.0", "OdooRPC==0.10.1"];

/** Werkzeug as Odoo 14 to 19 pin it; each in a folder of its own. */
export const werkzeugs = ["0.16.1", "2.0.2", "2.2.2", "3.0.1"] as const;

/** The folder from which Python imports that version. */
export function werkzeugFolder(version: string): string {
  return `${cache}/werkzeug-${version}`;
}

/** Whether all of it is installed. */
export function isInstalled(): boolean {
  const succeeds = (code: string, path = "") =>
    spawnSync(python, ["-W", "ignore", "-c", code], { env: { ...process.env, PYTHONPATH: path } }).status === 0;
  return (
    succeeds("import h11, odoorpc") &&
    werkzeugs.every((version) => succeeds("import werkzeug.wrappers", werkzeugFolder(version)))
  );
}

if (import.meta.main) {
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: "inherit" });
  const install = (...args: string[]) => run(python, "-m", "pip", "install", "--quiet", ...args);
  run("python3", "-m", "venv", `${cache}/venv`);
  install(...packages);
  for (const version of werkzeugs) {
    install("--upgrade", "--target", werkzeugFolder(version), `Werkzeug==${version}`);
  }
}

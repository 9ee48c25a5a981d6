/** The load harness in a process of its own, away from the proxy's core: settings as argument, the result on standard output. */
import { runLoad } from "../../../src/load/run.ts";
import type { RunSettings } from "../../../src/load/settings.ts";

const settings = JSON.parse(process.argv[2]!) as RunSettings;
console.log(JSON.stringify(await runLoad(settings)));

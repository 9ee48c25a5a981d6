import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A running nginx and the folder with its logs. */
export interface Nginx {
  readonly port: number;
  readonly master: ChildProcess;
  readonly directory: string;
  close(): Promise<void>;
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until something accepts connections on a port of loopback; throws after `limitMs`. */
export async function portOpen(port: number, limitMs = 10_000): Promise<void> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += 50) {
    const socket = connect({ port, host: "127.0.0.1" });
    const open = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port} after ${limitMs} ms`);
}

/** Starts nginx with one worker process; `http` is the inside of its http block, `$PORT` the port to listen on. */
export async function startNginx(http: string, command: readonly string[] = []): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), "hostward-nginx-"));
  // Its worker runs as another user where it is started by root, and keeps large bodies in there.
  await chmod(directory, 0o711);
  const port = await freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  const config = `worker_processes 1;
daemon off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 16384; }
http {
${paths.join("\n")}
${http.replaceAll("$PORT", `${port}`).replaceAll("$DIRECTORY", directory)}
}
`;
  await writeFile(join(directory, "nginx.conf"), config);
  const [program = "nginx", ...args] = [...command, "nginx", "-p", directory, "-c", join(directory, "nginx.conf")];
  const master = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  await portOpen(port);
  return {
    port,
    master,
    directory,
    async close() {
      master.kill("SIGTERM");
      if (master.exitCode === null) await once(master, "exit");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The ports of listeners that threads share: found out, and kept free of others, by the thread that schedules. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { PlannedListener } from "../../plan/types.ts";
import type { ListenerAddress } from "../edge.ts";
import { openListener } from "../listener.ts";

/**
 * A port that threads share can also be shared by another process of the same user, which would take some of its connections
 * in silence. So each listener is opened once for itself alone, which fails where anybody has the port, before the threads open
 * it. That also finds a free port where the plan says 0.
 */
export class ListenerPorts {
  #listeners: readonly (ListenerAddress & { readonly planned: number })[] = [];

  /** Where the plan in service listens. */
  get addresses(): readonly ListenerAddress[] {
    return this.#listeners.map(({ name, address, port }) => ({ name, address, port }));
  }

  /** Ports in place of 0, by listener. */
  get chosen(): ReadonlyMap<string, number> {
    return new Map(this.#listeners.filter(({ planned }) => planned === 0).map(({ name, port }) => [name, port]));
  }

  /** What `planned` comes to. Rejects with the system's error when a new one cannot be opened. */
  async find(planned: readonly PlannedListener[]): Promise<ListenerPorts> {
    const found = new ListenerPorts();
    const listeners = [];
    for (const listener of planned) listeners.push(this.#at(listener) ?? (await probed(listener)));
    found.#listeners = listeners;
    return found;
  }

  /** An open one that `planned` goes on with. */
  #at({ name, address, port }: PlannedListener) {
    const known = this.#listeners.find(
      (open) => open.address === address && open.planned === port && (port !== 0 || open.name === name),
    );
    return known === undefined ? undefined : { ...known, name };
  }
}

async function probed(listener: PlannedListener) {
  const server = await openListener(
    listener,
    { connection: (socket) => socket.destroy(), dropped() {}, fault() {} },
    alone,
  );
  const { port } = server.address() as AddressInfo;
  const closed = once(server, "close");
  server.close();
  await closed;
  return { name: listener.name, address: listener.address, planned: listener.port, port };
}

const alone = { shared: false, ports: new Map<string, number>() };

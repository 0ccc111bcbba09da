import { fork } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Broker, Peer, Place, PlaceSetting, Queue, Workers } from "./peer.ts";
import { ChildProgram } from "./programs/child-program.ts";
import type { Daemon } from "./servers/daemon.ts";
import { startPostgres } from "./servers/postgres.ts";
import { redisSocketIn, startRedis } from "./servers/redis.ts";

/** A peer in one of its settings. */
export interface Subject {
  /** By which it is loaded. */
  readonly id: string;
  readonly peer: Peer;
}

export interface StageOrder extends PlaceSetting {
  readonly subject: Subject;
  /** Empty at the start; removed by the caller. */
  readonly folder: string;
  /** Kept between runs. */
  readonly templateFolder: string;
}

export interface Crew {
  readonly processes: number;
  readonly concurrency: number;
  readonly batched?: boolean;
}

/** What one run has to itself: a new server, a queue, and whatever workers it starts. */
export class Stage {
  readonly place: Place;
  readonly peer: Peer;
  readonly queue: Queue;
  readonly server: Daemon | undefined;
  readonly #peerId: string;
  readonly #crews: Workers[] = [];

  private constructor(order: StageOrder, place: Place, parts: { server?: Daemon; queue: Queue }) {
    this.place = place;
    this.peer = order.subject.peer;
    this.#peerId = order.subject.id;
    this.queue = parts.queue;
    this.server = parts.server;
  }

  static async open(order: StageOrder): Promise<Stage> {
    const { subject, setting, durability, kind, folder } = order;
    chmodSync(folder, 0o711);
    const server = await startServer(order);
    const address = subject.peer.server === "redis" ? redisSocketIn(folder) : serverFolder(folder);
    const place: Place = { setting, durability, kind, folder, address };
    try {
      const queue = await subject.peer.openQueue(place);
      return new Stage(order, place, { queue, ...(server !== undefined && { server }) });
    } catch (error) {
      await server?.stop();
      throw error;
    }
  }

  get folder(): string {
    return this.place.folder;
  }

  async startWorkers({ batched = false, ...crew }: Crew): Promise<Workers> {
    const order = { ...this.place, ...crew, batched };
    const start = this.peer.startWorkers ?? ((given: typeof order) => this.#startProcesses(given));
    const workers = await start(order);
    this.#crews.push(workers);
    return workers;
  }

  /** The server, or what stands for it among the peer's own processes; none if the peer has none. */
  broker(): Broker | undefined {
    return this.server ?? this.#crews.at(-1)?.broker;
  }

  async close(): Promise<void> {
    for (const workers of this.#crews) await workers.stop();
    await within(10_000, this.queue.close());
    await this.server?.stop();
  }

  async #startProcesses(order: Place & Required<Crew>): Promise<Workers> {
    const path = new URL("programs/worker-process.ts", import.meta.url);
    const words = [JSON.stringify({ ...order, peer: this.#peerId })];
    const one = () => ChildProgram.start(fork(path, words));
    const programs = await Promise.all(Array.from({ length: order.processes }, one));
    return {
      pids: async () => programs.flatMap((program) => program.pids()),
      async addProcess() {
        programs.push(await one());
      },
      async stop() {
        await Promise.all(programs.map((program) => program.stop()));
      },
    };
  }
}

async function startServer(order: StageOrder): Promise<Daemon | undefined> {
  const { subject, folder, durability, templateFolder } = order;
  if (subject.peer.server === "redis") return startRedis(folder, durability);
  if (subject.peer.server === "none") return undefined;
  const own = serverFolder(folder);
  mkdirSync(own, { recursive: true });
  return startPostgres({ folder: own, durability, templateFolder });
}

function serverFolder(folder: string): string {
  return join(folder, "server");
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

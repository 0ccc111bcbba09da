import { mkdirSync, statSync } from "node:fs";
import type Docker from "dockerode";
import { imageLayout } from "../../domain/container.ts";
import { containerLabels, defaultContainer } from "../../domain/container-settings.ts";
import { imageMissing } from "../../domain/docker-trouble.ts";
import { ClxError } from "../../domain/errors.ts";
import type { ProcessIdentity, WorkerUsage } from "../../domain/worker.ts";
import { hostKind } from "../../machine/host-kind.ts";
import { isAlive, ownIdentity } from "../../machine/process-identity.ts";
import type {
  CleanupParams,
  PrepareWish,
  RunningWorker,
  StartOrder,
  WorkerExecutor,
  WorkerRef,
} from "../executor.ts";
import { keepLog } from "./container-log.ts";
import { containerOptions, grantsOf, launchInside, passedOn } from "./container-options.ts";
import { DockerWorker, removeContainer } from "./docker-worker.ts";
import {
  type Engine,
  type EngineTraits,
  inTime,
  reasonOf,
  statusOf,
  unreachable,
} from "./engine.ts";
import { EngineAccess } from "./engine-access.ts";
import { findContainer } from "./find-container.ts";
import { ensureImage, hasImage, type Say } from "./image.ts";
import { requireClx } from "./image-content.ts";
import { madeInTime } from "./made-in-time.ts";
import { ensureNetwork, isAmbiguous } from "./network.ts";
import { type ContainerStats, usageOf } from "./usage.ts";

export interface DockerExecutorParams {
  /** The client of the engine; that of DOCKER_HOST by default. Asked for when it is needed. */
  readonly client?: () => Promise<Docker>;
  /** The file that Node runs in the container. */
  readonly entry?: string;
  /** Told how far the pull of an image is. */
  readonly say?: Say;
  /** `uid:gid` that workers run as; those of this process by default. */
  readonly user?: string;
}

const networkAttempts = 5;

type Lifeline = NodeJS.ReadWriteStream & { destroy(): void };

/**
 * Runs each worker in a container of its own.
 *
 * Theory of operation
 *
 * The lifeline is the container's standard input: its first line is the launch document, so that
 * no secret is in what `docker inspect` shows, and its end tells the worker that we are gone. The
 * engine closes it with our connection, however we end. So a session's worker leaves by itself,
 * and its container is one that the engine removes once it has ended. The container of a
 * persistent worker goes on, and stays when it has ended, so that the next supervisor can read
 * how; whoever sees the end removes it.
 *
 * An engine that goes away is waited for: by whoever watches a container, for as long as it takes;
 * by whoever starts one, for a minute. A reference names the engine as well as the container, and
 * another engine's answer counts for nothing.
 */
export class DockerExecutor implements WorkerExecutor {
  readonly mode = "docker";
  readonly abilities = {
    survivesParent: true,
    limitsMemory: true,
    kills: true,
    seesStrangers: true,
  };
  readonly #params: DockerExecutorParams;
  readonly #workers = new Map<string, DockerWorker>();
  /** What is being seen to for several starts at once: images, networks. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #access: EngineAccess;
  /** Aborted when we close: nobody waits for a pull or a start any more. */
  readonly #closing = new AbortController();

  constructor(params: DockerExecutorParams = {}) {
    this.#params = params;
    this.#access = new EngineAccess(params.client);
  }

  async prepare({ type, image, container = defaultContainer }: PrepareWish): Promise<void> {
    const { docker } = await this.#access.answering();
    const wanted = imageOf(type, image);
    try {
      if (await hasImage(docker, wanted)) return await this.#look(docker, wanted);
    } catch (error) {
      const isAnswer = error instanceof ClxError || statusOf(error) !== undefined;
      throw isAnswer ? error : unreachable(docker, error);
    }
    if (container.pull === "never") throw imageMissing(wanted);
  }

  async start(order: StartOrder): Promise<RunningWorker> {
    const { workerId } = order.launch;
    try {
      const engine = await unlessGivenUp(this.#access.answering(order.signal), order.signal);
      return this.#keep(await this.#startIn(engine, order));
    } catch (cause) {
      const message = `worker ${workerId} was not started: ${reasonOf(cause)}`;
      throw new ClxError("worker_start_failed", message, { cause });
    }
  }

  async reattach(ref: WorkerRef): Promise<RunningWorker | undefined> {
    const known = this.#workers.get(ref.workerId);
    if (known !== undefined) return known;
    const engine = await this.#access.known();
    const found = await findContainer(engine, ref);
    if (!found?.State.Running) return undefined;
    const container = engine.docker.getContainer(found.Id);
    const stream = await container.logs({
      ...{ follow: true, stdout: true, stderr: true },
      since: lastWrite(ref),
    });
    const hangUp = () => void (stream as NodeJS.ReadableStream & { destroy(): void }).destroy();
    const log = keepLog({ docker: engine.docker, logPath: logOf(ref), stream });
    const startedAt = Date.parse(found.State.StartedAt);
    return this.#keep(new DockerWorker({ ref, engine, container, log, startedAt, hangUp }));
  }

  async isRunning(ref: WorkerRef): Promise<boolean> {
    return (await findContainer(await this.#access.known(), ref))?.State.Running === true;
  }

  async stats(ref: WorkerRef): Promise<WorkerUsage | undefined> {
    const engine = await this.#access.known();
    const found = await findContainer(engine, ref);
    if (!found?.State.Running) return undefined;
    const container = engine.docker.getContainer(found.Id);
    const [stats, processes] = await inTime(
      Promise.all([container.stats({ stream: false }), countProcesses(container)]),
    );
    return usageOf(stats as ContainerStats, processes);
  }

  async cleanup(ref: WorkerRef, params: CleanupParams = {}): Promise<number> {
    const known = this.#workers.get(ref.workerId);
    if (known !== undefined) return await known.remove(params);
    const engine = await this.#access.known();
    const found = await findContainer(engine, ref);
    if (found === undefined) return 0;
    return await removeContainer(engine.docker.getContainer(found.Id), params);
  }

  async cleanupLeftovers(): Promise<number> {
    const { docker } = await this.#access.known();
    const label = [`${containerLabels.persistent}=false`];
    const ours = await inTime(docker.listContainers({ all: true, filters: { label } }));
    const left = ours.filter(({ Labels }) => isForsaken(Labels[containerLabels.supervisor]));
    for (const { Id } of left) await removeContainer(docker.getContainer(Id));
    return left.length;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const worker of this.#workers.values()) worker.letGo();
    this.#workers.clear();
  }

  async #prepare(
    { docker, traits }: Engine,
    order: StartOrder,
  ): Promise<Docker.ContainerCreateOptions> {
    const { container: settings = defaultContainer } = order;
    const image = imageOf(order.launch.type, order.image);
    const { say = () => {} } = this.#params;
    const { pull } = settings;
    await this.#once("leftovers", async () => void (await this.cleanupLeftovers()));
    const { signal } = this.#closing;
    await this.#once(`image ${image}`, async () => {
      await ensureImage({ docker, image, pull, say, signal });
      await this.#look(docker, image);
    });
    const network = await this.#once(`network ${settings.network}`, () =>
      ensureNetwork(docker, settings.network),
    );
    mkdirSync(order.launch.checkpointFolder, { recursive: true });
    return containerOptions({
      ...{ order, image, settings, network },
      entry: this.#params.entry ?? imageLayout.workerEntry,
      user: this.#params.user ?? ownUser(traits),
      traits,
      supervisor: ownIdentity(),
      host: hostKind(),
    });
  }

  /** Whoever names another entry knows what is in the image. */
  async #look(docker: Docker, image: string): Promise<void> {
    const { entry = imageLayout.workerEntry } = this.#params;
    if (entry === imageLayout.workerEntry) await requireClx(docker, image);
  }

  /** Somebody else may be making the same network: then there are two of its name for a moment. */
  async #startIn(engine: Engine, order: StartOrder): Promise<DockerWorker> {
    for (let attempt = 1; ; attempt++) {
      const options = await unlessGivenUp(this.#prepare(engine, order), order.signal);
      try {
        return await this.#launch({ engine, order, options });
      } catch (error) {
        if (!isAmbiguous(error) || attempt === networkAttempts) throw error;
      }
    }
  }

  async #launch(params: {
    readonly engine: Engine;
    readonly order: StartOrder;
    readonly options: Docker.ContainerCreateOptions;
  }): Promise<DockerWorker> {
    const { engine, order, options } = params;
    const { docker } = engine;
    const { launch, logPath } = order;
    const startedAt = Date.now();
    const { signal: abortSignal } = this.#closing;
    const container = await madeInTime(docker.createContainer({ ...options, abortSignal }), {
      what: "made its container",
      undo: removeContainer,
    });
    const undo = () => removeContainer(container);
    let hangUp = () => {};
    try {
      const attached = container.attach({
        ...{ stream: true, stdin: true, stdout: true, stderr: true, hijack: true },
      });
      const stream = (await madeInTime(attached, {
        what: "opened its container",
        undo,
      })) as Lifeline;
      hangUp = () => void stream.destroy();
      stream.on("error", () => {}); // the container's end tells
      const log = keepLog({ docker, logPath, stream });
      const env = passedOn(order.container);
      stream.write(`${JSON.stringify({ ...launchInside(launch, hostKind()), env })}\n`);
      await madeInTime(container.start({ abortSignal }), { what: "started its container", undo });
      const ref = refOf({ order, container: container.id, engine: engine.id });
      return new DockerWorker({ ref, engine, container, log, startedAt, hangUp });
    } catch (error) {
      hangUp();
      await undo().catch(() => {}); // cleanup finds it by its label
      throw error;
    }
  }

  #keep(worker: DockerWorker): DockerWorker {
    const { workerId } = worker.ref;
    this.#workers.set(workerId, worker);
    void worker.exit.then(() => {
      if (this.#workers.get(workerId) === worker) this.#workers.delete(workerId);
    });
    return worker;
  }

  /** Several starts at once see to the same thing once; later ones look again. */
  async #once<T>(what: string, see: () => Promise<T>): Promise<T> {
    const seeing = (this.#underWay.get(what) as Promise<T> | undefined) ?? see();
    this.#underWay.set(what, seeing);
    try {
      return await seeing;
    } finally {
      this.#underWay.delete(what);
    }
  }
}

function imageOf(type: string, image: string | undefined): string {
  if (image !== undefined) return image;
  throw new ClxError(
    "image_missing",
    `no image is set for ${type} workers; set workers.${type}.image`,
  );
}

/** All that the next supervisor, and whoever looks at the worker, has to know of its container. */
function refOf(of: {
  readonly order: StartOrder;
  readonly container: string;
  readonly engine: string;
}): WorkerRef {
  const { order, container, engine } = of;
  const { cpus, pidsLimit, link, network } = order.container ?? defaultContainer;
  return {
    workerId: order.launch.workerId,
    ...{ container, engine, logPath: order.logPath, pidsLimit, link, network },
    ...(order.image !== undefined && { image: order.image }),
    ...(cpus !== undefined && { cpus }),
    folders: grantsOf(order).map(({ path, access }) => ({ path, access })),
  };
}

/** A start that nobody wants any more is not waited for, however long a pull takes. */
async function unlessGivenUp<T>(doing: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await doing;
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new ClxError("interrupted", "it is not wanted any more"));
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  doing.catch(() => {}); // it may fail after it was given up
  try {
    return await Promise.race([doing, givenUp]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** What it writes is its caller's. To a rootless engine its root is whoever runs the engine. */
function ownUser({ isRootless }: EngineTraits): string | undefined {
  if (isRootless) return "0:0";
  const { getuid, getgid } = process;
  return getuid && getgid ? `${getuid()}:${getgid()}` : undefined;
}

function isForsaken(supervisor: string | undefined): boolean {
  if (supervisor === undefined) return false;
  return isAlive(JSON.parse(supervisor) as ProcessIdentity) === false;
}

async function countProcesses(container: Docker.Container): Promise<number | undefined> {
  try {
    const { Processes } = (await container.top({ ps_args: "-eo pid" })) as {
      readonly Processes?: readonly unknown[];
    };
    return Processes?.length;
  } catch {
    return undefined; // the engine's machine has no ps: the count of threads has to do
  }
}

function logOf({ logPath, workerId }: WorkerRef): string {
  return typeof logPath === "string" ? logPath : `worker_${workerId}.log`;
}

/** In seconds: what the container wrote while nobody listened comes after it. */
function lastWrite(ref: WorkerRef): number {
  try {
    return statSync(logOf(ref)).mtimeMs / 1000;
  } catch {
    return 0;
  }
}

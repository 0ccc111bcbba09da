import { setTimeout as sleep } from "node:timers/promises";
import { ClxError, isPassing, WorkerNotFoundError } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import { wayPastOfServer } from "../../domain/way-past-admission.ts";
import type { Worker } from "../../domain/worker.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { readMachine } from "../../machine/memory.ts";
import { isAlive, ownIdentity } from "../../machine/process-identity.ts";
import type { EndedWorker } from "../../store/task-store.ts";
import {
  type Admission,
  defaultAdmissionLimits,
  judgeAdmission,
} from "../../supervisor/admission.ts";
import { workersOfHost } from "../../supervisor/host-workers.ts";
import type { SupervisorOptions } from "../../supervisor/options.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import type { PoolStatus } from "../../supervisor/status.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import type { ServeMode } from "../server-settings.ts";
import { isIdlePlace, placeOfPool, placeOfWorker } from "./describe-place.ts";
import { addedByHand, forcedByHand, freeName, isLeftByServer, planPlaces } from "./plan-places.ts";
import type { AddPlaceParams, WorkerPlace, Workforce } from "./workforce.ts";

export interface WorkforceParams {
  readonly mode: ServeMode;
  /** One for each type, with how many of it there shall be. */
  readonly templates: readonly PoolSpec[];
  readonly supervisor: SupervisorOptions;
}

/** What a stop needs beyond the time that tasks are given: to give back, to close, to be buried. */
const stopMarginMs = 7_000;
const retryMs = 500;
/** What a dead worker held waits for this. */
const sweepMs = 1_000;

/**
 * A supervisor in the server's own process, in every mode: in standalone mode it keeps no pools,
 * and puts right what dead workers have left behind.
 *
 * Each served place is a pool of one worker, with the name of the place. So a worker that was left
 * by a killed server comes back to its own place, restarts are counted place by place, and a place
 * that is removed is gone.
 */
export class SupervisedWorkforce implements Workforce {
  readonly mode: ServeMode;
  readonly types: readonly string[];
  readonly #params: WorkforceParams;
  readonly #isOpen = Promise.withResolvers<void>();
  /** Names that are being added. */
  readonly #reserved = new Set<string>();
  #supervisor: Supervisor | undefined;
  #isHurried = false;
  #isStopping = false;

  constructor(params: WorkforceParams) {
    this.#params = params;
    this.mode = params.mode;
    this.types = params.mode === "standalone" ? [] : params.templates.map(({ type }) => type);
  }

  async start(): Promise<void> {
    const pools = await this.#insistOnFirstPools();
    if (pools === undefined) return;
    const supervisor = new Supervisor({
      sweepMs,
      ...this.#params.supervisor,
      admission: { ...this.#params.supervisor.admission, wayPast: wayPastOfServer },
      pools,
    });
    this.#supervisor = supervisor;
    if (this.#isHurried) supervisor.hurry();
    this.#isOpen.resolve();
    await supervisor.start();
  }

  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#isStopping = true;
    this.#isOpen.resolve();
    await this.#supervisor?.stop({ graceMs: graceMs === 0 ? 0 : graceMs + stopMarginMs });
  }

  hurry(): void {
    this.#isHurried = true;
    this.#supervisor?.hurry();
  }

  async pools(): Promise<readonly PoolStatus[]> {
    const { pools } = await (await this.#keeper()).status();
    return pools.filter((pool) => !isIdlePlace(pool));
  }

  async places(): Promise<readonly WorkerPlace[]> {
    if (this.mode !== "standalone") return (await this.pools()).map(placeOfPool);
    return (await this.#listLive()).map(placeOfWorker);
  }

  async mayAdd({ type, force = false }: Parameters<Workforce["mayAdd"]>[0]): Promise<Admission> {
    const wanted = this.#template(type);
    const { admission } = this.#params.supervisor;
    return judgeAdmission({
      machine: readMachine(),
      workers: workersOfHost(await this.#listLive(), ownIdentity().host),
      wanted: { type: wanted.type, expectedMemory: wanted.expectedMemory, byHand: true },
      limits: { ...defaultAdmissionLimits, ...admission },
      force,
      wayPast: wayPastOfServer,
    });
  }

  async add({ name: wish, type, force = false }: AddPlaceParams): Promise<WorkerPlace> {
    const supervisor = await this.#managing("added");
    const template = this.#template(type);
    const { pools } = await supervisor.status();
    const name = this.#reserve(wish, pools);
    try {
      const configSource = force ? forcedByHand : addedByHand;
      supervisor.setPool({ ...template, name, count: 0, configSource, isForced: force });
      await supervisor.addWorker({ pool: name, force });
    } catch (error) {
      supervisor.removePool(name);
      throw error;
    } finally {
      this.#reserved.delete(name);
    }
    return await this.#place(name);
  }

  async remove(name: string): Promise<void> {
    const supervisor = await this.#managing("ended for good");
    await this.#place(name);
    supervisor.removePool(name);
  }

  async drain(workerId: string): Promise<Worker> {
    return await (await this.#keeper()).drain(workerId);
  }

  async abort(
    workerId: string,
    params: { readonly tasks: "fail" | "requeue" },
  ): Promise<EndedWorker> {
    return await (await this.#keeper()).abort(workerId, params);
  }

  /** A store that is locked at our start is no reason to have no workers; `undefined` once we stop. */
  async #insistOnFirstPools(): Promise<readonly PoolSpec[] | undefined> {
    while (!this.#isStopping) {
      try {
        return await this.#firstPools();
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.#params.supervisor.onError?.(error);
        await sleep(retryMs);
      }
    }
    return undefined;
  }

  async #firstPools(): Promise<readonly PoolSpec[]> {
    const { templates } = this.#params;
    if (this.mode === "standalone") return [];
    if (this.mode === "inline") return planPlaces(templates, []);
    const left = (await this.#listLive()).filter(
      (worker) => isLeftByServer(worker) && worker.parent && isAlive(worker.parent) === false,
    );
    return planPlaces(templates, left);
  }

  async #keeper(): Promise<Supervisor> {
    await this.#isOpen.promise;
    if (this.#supervisor !== undefined) return this.#supervisor;
    throw new ClxError("interrupted", "the server is stopping");
  }

  async #managing(what: string): Promise<Supervisor> {
    if (this.mode === "managed") return await this.#keeper();
    const instead =
      this.mode === "inline"
        ? "its workers are threads of the server, as many as configured"
        : 'start and end workers with "clx worker", "clx supervise" or "clx start-services"';
    throw new ClxError(
      "not_managed",
      `this server runs in ${this.mode} mode, where no worker can be ${what} by it: ${instead}; "clx serve --mode managed" keeps workers of its own`,
    );
  }

  async #place(name: string): Promise<WorkerPlace> {
    const place = (await this.places()).find((one) => one.name === name);
    if (place !== undefined) return place;
    throw new WorkerNotFoundError(name);
  }

  #reserve(wish: string | undefined, pools: readonly PoolStatus[]): string {
    const taken = new Set([
      ...pools.filter((pool) => !isIdlePlace(pool)).map(({ spec }) => spec.name),
      ...this.#params.templates.map(({ type }) => type),
      ...this.#reserved,
    ]);
    const name = wish ?? freeName((one) => taken.has(one));
    if (taken.has(name)) {
      throw new ClxError("conflict", `there is a worker ${name} already; choose another name`);
    }
    this.#reserved.add(name);
    return name;
  }

  #template(type: string | undefined): PoolSpec {
    const { templates } = this.#params;
    const [first, second] = templates;
    const known = templates.map((one) => one.type).join(", ") || "none";
    if (type === undefined && first !== undefined && second === undefined) return first;
    if (type === undefined) {
      throw new ClxError("invalid_value", `say of which type the worker shall be: ${known}`);
    }
    const found = templates.find((one) => one.type === type);
    if (found !== undefined) return found;
    const meant = nearestName(
      type,
      templates.map((one) => one.type),
    );
    const hint = meant === undefined ? `it has ${known}` : `did you mean ${meant}?`;
    throw new ClxError(
      "unknown_worker_type",
      `this server has no workers of type ${type}; ${hint}`,
    );
  }

  #listLive(): Promise<readonly Worker[]> {
    return this.#params.supervisor.store.listWorkers({ states: [...liveWorkerStates] });
  }
}

import type Docker from "dockerode";
import { dockerClient, type Engine, reachEngine, untilItAnswers } from "./engine.ts";

/** How long an engine that has answered before may be away: it is being started again. */
const awayMs = 60_000;

/** The engine of an executor, looked for when it is first needed. */
export class EngineAccess {
  readonly #makeClient: () => Promise<Docker>;
  #client: Promise<Docker> | undefined;
  #known: Engine | undefined;

  constructor(client: (() => Promise<Docker>) | undefined) {
    this.#makeClient = client ?? dockerClient;
  }

  /**
   * The engine as it was last seen; it may be away by now.
   *
   * @throws ClxError `docker_unavailable`, `docker_forbidden`
   */
  async known(): Promise<Engine> {
    return this.#known ?? (await this.answering());
  }

  /**
   * An engine that answers; one that has answered before is waited for.
   *
   * @throws ClxError `docker_unavailable`, `docker_forbidden`
   */
  async answering(signal?: AbortSignal): Promise<Engine> {
    this.#client ??= this.#makeClient();
    const docker = await this.#client;
    this.#known =
      this.#known === undefined
        ? await reachEngine(docker)
        : await untilItAnswers(docker, { withinMs: awayMs, ...(signal && { signal }) });
    return this.#known;
  }
}

import { join } from "node:path";
import type Docker from "dockerode";
import { containerLabels } from "../../../src/domain/container-settings.ts";
import type { Worker } from "../../../src/domain/worker.ts";
import { CourseBuildSite } from "../course-build.ts";
import { until } from "../until.ts";
import { forbidContainersOf } from "./engine.ts";
import type { OurImages } from "./our-images.ts";

export interface ContainerSiteParams {
  readonly docker: Docker;
  /** Of the types that its configuration speaks of. */
  readonly images: OurImages;
  readonly files?: Readonly<Record<string, string>>;
  /** Of `[workers]`; in place of containers without a network. */
  readonly workers?: string;
  /** By type: more of its table. */
  readonly types?: Readonly<Record<string, string>>;
}

/** A project whose worker types have images; the test fails when it leaves a container. */
export class ContainerSite extends CourseBuildSite {
  readonly #docker: Docker;

  constructor({ docker, images, files = {}, workers = "", types = {} }: ContainerSiteParams) {
    super(files);
    this.#docker = docker;
    forbidContainersOf(docker, join(this.folder, ".clx"));
    const tables = Object.entries(images).map(
      ([type, image]) => `[workers.${type}]\nimage = "${image}"\n${types[type] ?? ""}\n`,
    );
    const section = workers === "" ? 'docker_network = "none"' : workers;
    this.writeConfig(`[workers]\ndocker_pull = false\n${section}\n${tables.join("")}`);
  }

  /** Those of the project, the ended ones too. */
  async containers(): Promise<readonly Docker.ContainerInfo[]> {
    const label = [`${containerLabels.project}=${join(this.folder, ".clx")}`];
    return await this.#docker.listContainers({ all: true, filters: { label } });
  }

  async untilNoContainers(): Promise<void> {
    await until(async () => (await this.containers()).length === 0, {
      withinMs: 30_000,
      what: "the containers to be gone",
    });
  }

  async untilRunning(type: string): Promise<void> {
    const store = await this.openStore();
    await until(
      async () =>
        (await store.countTasks({ states: ["running"] })).some((one) => one.type === type),
      { withinMs: 30_000, what: `a ${type} task to run` },
    );
  }

  async workers(): Promise<readonly Worker[]> {
    return await (await this.openStore()).listWorkers({});
  }
}

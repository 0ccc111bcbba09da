import Docker from "dockerode";
import { onTestFinished } from "vitest";
import { containerLabels } from "../../../src/domain/container-settings.ts";
import { until } from "../until.ts";

/** Ours, for the tests: whoever makes an image or a container in a test gives it this label. */
export const testLabel = "clx.test";

/**
 * The Docker engine of `DOCKER_HOST`, or of the usual socket; `undefined` where none answers,
 * which is said aloud, so that tests skip: `describe.skipIf(engine === undefined)(…)`.
 * With `CLX_TEST_DOCKER=required` an engine that does not answer is an error.
 */
export async function dockerForTests(): Promise<Docker | undefined> {
  const docker = new Docker();
  try {
    await docker.ping();
    return docker;
  } catch (error) {
    const where = process.env.DOCKER_HOST ?? "/var/run/docker.sock";
    const message = `no Docker engine answers at ${where}: ${(error as Error).message}`;
    if (process.env.CLX_TEST_DOCKER === "required") throw new Error(message, { cause: error });
    process.stderr.write(`\n*** DOCKER TESTS SKIPPED: ${message} ***\n\n`);
    return undefined;
  }
}

/**
 * Fails the test that leaves a container of a project behind, and removes what it left. Call it
 * before anything is started: what is registered first is done last.
 */
export function forbidContainersOf(docker: Docker, projectFolder: string): void {
  onTestFinished(async () => {
    const label = [`${containerLabels.project}=${projectFolder}`];
    const left = await docker.listContainers({ all: true, filters: { label } });
    for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true });
    if (left.length === 0) return;
    const lines = left.map(({ Id, Names, Status }) => `${Id.slice(0, 12)} ${Names[0]} ${Status}`);
    throw new Error(`containers were left behind:\n${lines.join("\n")}`);
  });
}

/** A busy machine may fail to freeze all processes at the first try. */
export async function pause(container: Docker.Container): Promise<void> {
  await until(
    () =>
      container.pause().then(
        () => true,
        (error: Error) => {
          if (/unable to freeze/.test(error.message)) return false;
          throw error;
        },
      ),
    { what: "the container to be paused" },
  );
}

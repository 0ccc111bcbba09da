import type Docker from "dockerode";
import { beforeAll, describe } from "vitest";
import {
  describeExecutor,
  type WorkerBehaviour,
} from "../../src/executor/conformance/executor.conformance.ts";
import { heard } from "../support/direct-workers.ts";
import { baseImage } from "../support/docker/base-image.ts";
import { containerOrder, executorOf } from "../support/docker/containers.ts";
import { dockerForTests } from "../support/docker/engine.ts";

const docker = await dockerForTests();
let image = "";

beforeAll(async () => {
  if (docker !== undefined) image = await baseImage(docker);
}, 120_000);

const programs: Record<WorkerBehaviour, string> = {
  exits_with_0: "exits-with-0.ts",
  exits_with_3: "exits-with-3.ts",
  leaves_when_asked: "waits-for-a-signal.ts",
  ignores_being_asked: "ignores-sigterm.ts",
  cannot_start: "is-not-there.ts",
};

describe.skipIf(docker === undefined)("in containers", () => {
  const engine = docker as Docker;
  describeExecutor("DockerExecutor", () => ({
    open: (behaviour) => executorOf(programs[behaviour]),
    newOrder: () => containerOrder({ docker: engine, image }),
    untilSettled: async (order) => void (await heard(order, "ready")),
    startCanFail: false,
  }));
});

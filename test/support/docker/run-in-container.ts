import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";

export interface RunParams {
  readonly image: string;
  readonly user: string;
  readonly argv: readonly string[];
  /** None when left out. */
  readonly network?: string;
}

/** What a program prints in a container that cannot write and, without a network, reach anybody. */
export async function runInContainer(
  docker: Docker,
  { image, user, argv, network = "none" }: RunParams,
): Promise<string> {
  const [entry = "", ...args] = argv;
  const container = await docker.createContainer({
    ...{ Image: image, User: user, Entrypoint: [entry], Cmd: args },
    HostConfig: {
      ...{ NetworkMode: network, ReadonlyRootfs: true, CapDrop: ["ALL"] },
      Tmpfs: { "/tmp": "rw,mode=1777" },
    },
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    docker.modem.demuxStream(stream, stdout, stderr);
    stream.on("end", () => {
      stdout.end();
      stderr.end();
    });
    await container.start();
    const [said, complaints] = await Promise.all([text(stdout), text(stderr)]);
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0) throw new Error(`it ended with ${StatusCode}: ${complaints}`);
    return said;
  } finally {
    await container.remove({ force: true });
  }
}

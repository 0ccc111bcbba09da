import { request } from "node:http";
import type { Environment } from "../config/environment.ts";
import { type Check, judged } from "./check.ts";
import type { WantedPool } from "./wanted-pools.ts";

const { ok, warning, problem } = judged("tools");

const usualSocket = "/var/run/docker.sock";
const answerWithinMs = 5_000;

/** Looked at only when some worker type shall run in containers. */
export async function checkDocker(
  pools: readonly WantedPool[],
  env: Environment,
): Promise<Check[]> {
  const users = pools.filter(({ wantsDocker }) => wantsDocker);
  if (users.length === 0) return [];
  const daemon = placeOf(env.DOCKER_HOST || `unix://${usualSocket}`);
  if (daemon === undefined) return [oddHost(env.DOCKER_HOST ?? "")];
  try {
    await ask(daemon, "/_ping");
  } catch (error) {
    return [unreachable(daemon, error as NodeJS.ErrnoException, users)];
  }
  const images = [...new Set(users.flatMap(({ image }) => image ?? []))];
  return [
    ok("docker", `The Docker daemon answers at ${daemon.name}.`),
    ...(await Promise.all(images.map((image) => checkImage(daemon, image)))),
  ];
}

interface DaemonPlace {
  readonly name: string;
  readonly how: { readonly socketPath: string } | { readonly host: string; readonly port: number };
}

function placeOf(address: string): DaemonPlace | undefined {
  if (address.startsWith("unix://")) {
    const socketPath = address.slice("unix://".length);
    return { name: socketPath, how: { socketPath } };
  }
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== "tcp:" && protocol !== "http:") return undefined;
  return { name: address, how: { host: hostname, port: Number(port || 2375) } };
}

/** Answers with the HTTP status. */
function ask({ how }: DaemonPlace, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request({ ...how, path, timeout: answerWithinMs }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  asked.on("timeout", () => asked.destroy(new Error(`no answer within ${answerWithinMs} ms`)));
  asked.on("error", reject);
  asked.end();
  return promise;
}

function unreachable(
  { name }: DaemonPlace,
  { code, message }: NodeJS.ErrnoException,
  users: readonly WantedPool[],
): Check {
  const who = `${users.map(({ type }) => type).join(" and ")} workers shall run in Docker`;
  const orElse = "or run the workers direct (--workers=direct)";
  if (code === "EACCES" || code === "EPERM") {
    return problem({
      name: "docker",
      message: `${who}, and this user may not speak with its daemon at ${name}.`,
      fix: `Add yourself to its group: sudo usermod -aG docker $USER, then log in again; ${orElse}.`,
    });
  }
  const why =
    code === "ENOENT"
      ? `there is no ${name}`
      : code === "ECONNREFUSED"
        ? `nobody answers at ${name}`
        : `${name}: ${message}`;
  return problem({
    name: "docker",
    message: `${who}, and its daemon cannot be reached: ${why}.`,
    fix: `Install Docker or start it (sudo systemctl start docker, or Docker Desktop), set DOCKER_HOST if it is elsewhere, ${orElse}.`,
  });
}

async function checkImage(daemon: DaemonPlace, image: string): Promise<Check> {
  const name = `image_${image}`;
  const status = await ask(daemon, `/images/${encodeURIComponent(image)}/json`);
  if (status === 200) return ok(name, `The image ${image} is there.`);
  return warning({
    name,
    message: `The image ${image} is not on this machine yet.`,
    fix: `It is pulled when it is first needed; to have it now: docker pull ${image}`,
  });
}

function oddHost(host: string): Check {
  return problem({
    name: "docker",
    message: `DOCKER_HOST is ${host}, which is no address that clx understands.`,
    fix: "Use unix:///path/of/the.sock or tcp://host:port.",
  });
}

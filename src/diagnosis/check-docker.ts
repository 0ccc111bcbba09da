import { request } from "node:http";
import { dirname } from "node:path";
import type { Environment } from "../config/environment.ts";
import { type DockerTrouble, explainEngine } from "../domain/docker-trouble.ts";
import { type HostKind, whyOutOfReach } from "../domain/host-kind.ts";
import { hostKind } from "../machine/host-kind.ts";
import { type Check, judged } from "./check.ts";
import type { WantedPool } from "./wanted-pools.ts";

const { ok, warning, problem } = judged("tools");

const usualSocket = "/var/run/docker.sock";
const answerWithinMs = 5_000;

export interface DockerParams {
  readonly pools: readonly WantedPool[];
  readonly env: Environment;
  readonly databasePath: string;
  readonly host?: HostKind;
}

/** Looked at only when some worker type shall run in containers, or may. */
export async function checkDocker(params: DockerParams): Promise<Check[]> {
  const { pools, env } = params;
  const users = pools.filter(({ wantsDocker }) => wantsDocker);
  const takers = pools.filter(({ takesDocker, image }) => takesDocker && image !== undefined);
  if (users.length + takers.length === 0) return [];
  const daemon = placeOf(env.DOCKER_HOST || `unix://${usualSocket}`);
  if (daemon === undefined) return [oddHost(env.DOCKER_HOST ?? "")];
  try {
    await ask(daemon, "/_ping");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const trouble = explainEngine({ place: daemon.name, code, message });
    return [users.length > 0 ? unreachable(trouble, users) : unused(trouble, takers)];
  }
  const images = new Map([...takers, ...users].map((pool) => [pool.image ?? "", pool]));
  images.delete("");
  return [
    ok("docker", `The Docker daemon answers at ${daemon.name}.`),
    ...(await Promise.all([...images.values()].map((pool) => checkImage(daemon, pool)))),
    ...checkReach(users, params),
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

function unreachable({ what, fix }: DockerTrouble, users: readonly WantedPool[]): Check {
  const message = `${namesOf(users)} workers shall run in Docker, and ${what}.`;
  return problem({ name: "docker", message, fix });
}

function unused({ what }: DockerTrouble, takers: readonly WantedPool[]): Check {
  return ok("docker", `${namesOf(takers)} workers run direct (auto): ${what}.`);
}

function namesOf(pools: readonly WantedPool[]): string {
  return pools.map(({ type }) => type).join(" and ");
}

async function checkImage(daemon: DaemonPlace, pool: WantedPool): Promise<Check> {
  const { image = "", settings, type, takesDocker } = pool;
  const name = `image_${image}`;
  const status = await ask(daemon, `/images/${encodeURIComponent(image)}/json`);
  if (status === 200) return ok(name, `The image ${image} is there.`);
  const missing = `The image ${image} is not on this machine`;
  if (takesDocker) return ok(name, `${missing}: ${type} workers run direct (auto).`);
  if (settings?.container?.pull === "never") {
    return problem({
      name,
      message: `${missing}, and shall not be pulled.`,
      fix: `Build it (clx docker build) or pull it (clx docker pull), or set workers.docker_pull = true.`,
    });
  }
  return warning({
    name,
    message: `${missing} yet.`,
    fix: `It is pulled when it is first needed; to have it now: docker pull ${image}`,
  });
}

/** A database that containers open has to be where they see it. */
function checkReach(
  users: readonly WantedPool[],
  { databasePath, host = hostKind() }: DockerParams,
): Check[] {
  const opener = users.find(({ settings }) => settings?.container?.link === "database");
  const reason = whyOutOfReach(dirname(databasePath), host);
  if (opener === undefined || reason === undefined) return [];
  return [
    warning({
      name: "database_reach",
      message: `Containers cannot open the database: ${reason}.`,
      fix: 'Move it (--db-path), or let them work without it: workers.docker_link = "api".',
    }),
  ];
}

function oddHost(host: string): Check {
  return problem({
    name: "docker",
    message: `DOCKER_HOST is ${host}, which is no address that clx understands.`,
    fix: "Use unix:///path/of/the.sock or tcp://host:port.",
  });
}

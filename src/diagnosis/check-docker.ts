import { dirname } from "node:path";
import type Docker from "dockerode";
import { type DockerTrouble, explainEngine } from "../domain/docker-trouble.ts";
import { type HostKind, whyOutOfReach } from "../domain/host-kind.ts";
import { hostKind } from "../machine/host-kind.ts";
import { type Check, judged } from "./check.ts";
import type { WantedPool } from "./wanted-pools.ts";

const { ok, warning, problem } = judged("tools");

const answerWithinMs = 5_000;

export interface DockerParams {
  readonly pools: readonly WantedPool[];
  readonly databasePath: string;
  readonly host?: HostKind;
  /** The client that workers are started with, unless given. */
  readonly client?: () => Promise<Docker>;
}

/** Looked at only when some worker type shall run in containers, or may, or has an image. */
export async function checkDocker(params: DockerParams): Promise<Check[]> {
  const { pools } = params;
  const users = pools.filter(({ wantsDocker }) => wantsDocker);
  const others = pools.filter(({ wantsDocker, image }) => !wantsDocker && image !== undefined);
  if (users.length + others.length === 0) return [];
  const { dockerClient, placeOf } = await import("../executor/docker/engine.ts");
  let docker: Docker;
  try {
    docker = await (params.client ?? dockerClient)();
  } catch (error) {
    return [noClient(error as Error, users, others)];
  }
  const images = new Map([...others, ...users].map((pool) => [pool.image ?? "", pool]));
  images.delete("");
  const looked = await askEngine(docker, [...images.values()]);
  if ("what" in looked) {
    return [users.length > 0 ? unreachable(looked, users) : unused(looked, others)];
  }
  return [
    ok("docker", `The Docker daemon answers at ${placeOf(docker)}.${whoRunsDirect(others)}`),
    ...looked,
    ...checkReach(users, params),
  ];
}

/** One that hangs may still answer to a ping. */
async function askEngine(
  docker: Docker,
  pools: readonly WantedPool[],
): Promise<readonly Check[] | DockerTrouble> {
  const { refusalOf, statusOf, within } = await import("../executor/docker/engine.ts");
  let answers = false;
  try {
    await within(answerWithinMs, docker.ping());
    answers = true;
    return await Promise.all(pools.map((pool) => checkImage(docker, pool)));
  } catch (error) {
    if (answers && statusOf(error) !== undefined) throw error;
    return explainEngine(refusalOf(docker, error));
  }
}

/** Its package is not installed, or DOCKER_HOST is no address. */
function noClient(
  { message }: Error,
  users: readonly WantedPool[],
  others: readonly WantedPool[],
): Check {
  const [what = message, ...fix] = message.split("; ");
  if (users.length === 0) return unused({ what, fix: "" }, others);
  const fixes = fix.join("; ");
  return problem({ name: "docker", message: `${what}.`, fix: `${capital(fixes)}.` });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unreachable({ what, fix }: DockerTrouble, users: readonly WantedPool[]): Check {
  const message = `${namesOf(users)} workers shall run in Docker, and ${what}.`;
  return problem({ name: "docker", message, fix });
}

function unused({ what }: DockerTrouble, others: readonly WantedPool[]): Check {
  const takers = others.filter(({ takesDocker }) => takesDocker);
  if (takers.length > 0) {
    return ok("docker", `${namesOf(takers)} workers run direct (auto): ${what}.`);
  }
  return ok("docker", `${capital(what)}.${whoRunsDirect(others)}`);
}

/** Somebody who sets an image may wonder why no container comes of it. */
function whoRunsDirect(others: readonly WantedPool[]): string {
  const direct = others.filter(({ takesDocker }) => !takesDocker);
  if (direct.length === 0) return "";
  return ` ${namesOf(direct)} workers have an image and run direct, until --workers=docker or execution_mode says otherwise.`;
}

function namesOf(pools: readonly WantedPool[]): string {
  return pools.map(({ type }) => type).join(" and ");
}

async function checkImage(docker: Docker, pool: WantedPool): Promise<Check> {
  const { hasImage } = await import("../executor/docker/image.ts");
  const { image = "", settings, type, takesDocker, wantsDocker } = pool;
  const name = `image_${image}`;
  if (await hasImage(docker, image)) return await checkContent(docker, pool);
  const missing = `The image ${image} is not on this machine`;
  if (takesDocker) return ok(name, `${missing}: ${type} workers run direct (auto).`);
  if (!wantsDocker) return ok(name, `${missing}.`);
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

async function checkContent(
  docker: Docker,
  { image = "", wantsDocker }: WantedPool,
): Promise<Check> {
  const { hasClx } = await import("../executor/docker/image-content.ts");
  const name = `image_${image}`;
  if (await hasClx(docker, image)) return ok(name, `The image ${image} is there.`);
  return (wantsDocker ? problem : warning)({
    name,
    message: `There is no clx in the image ${image}, so no worker can run in it.`,
    fix: "Build one that has it (clx docker build), or begin yours with such a one (FROM clx/command:…), and set workers.TYPE.image to it.",
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

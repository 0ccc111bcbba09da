import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** As engines take it. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

const dockerHub = "https://index.docker.io/v1/";

/**
 * What this user has given to `docker login` for the registry of an image; `undefined` when
 * that is nothing, or cannot be read: then the registry is asked without.
 */
export async function loginFor(
  image: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RegistryLogin | undefined> {
  const registry = registryOf(image);
  try {
    const folder = env.DOCKER_CONFIG || join(homedir(), ".docker");
    const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as DockerConfig;
    const helper = config.credHelpers?.[registry] ?? config.credsStore;
    if (helper !== undefined) return await askHelper(helper, registry);
    return decode(config.auths?.[registry]?.auth, registry);
  } catch {
    return undefined;
  }
}

/** `registry.example.org/team/name:tag` names its registry; `team/name` is on Docker's own. */
export function registryOf(image: string): string {
  const [first = "", ...others] = image.split("/");
  const isHost = others.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost && first !== "docker.io" ? first : dockerHub;
}

function decode(auth: string | undefined, serveraddress: string): RegistryLogin | undefined {
  if (auth === undefined) return undefined;
  const [username = "", ...rest] = Buffer.from(auth, "base64").toString("utf8").split(":");
  return { username, password: rest.join(":"), serveraddress };
}

async function askHelper(name: string, registry: string): Promise<RegistryLogin | undefined> {
  const helper = spawn(`docker-credential-${name}`, ["get"], { stdio: ["pipe", "pipe", "ignore"] });
  const failed = new Promise<never>((_, reject) => helper.once("error", reject));
  helper.stdin.on("error", () => {});
  helper.stdin.end(registry);
  const answer = await Promise.race([text(helper.stdout), failed]);
  const { Username, Secret } = JSON.parse(answer) as { Username?: string; Secret?: string };
  if (!Username || !Secret) return undefined;
  return { username: Username, password: Secret, serveraddress: registry };
}

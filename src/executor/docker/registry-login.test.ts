import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loginFor, registryOf } from "./registry-login.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clx-login-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configure(config: unknown): NodeJS.ProcessEnv {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return { DOCKER_CONFIG: folder };
}

describe("the login for the registry of an image", () => {
  it("is what docker login has written down", async () => {
    const auth = Buffer.from("anna:pass:word").toString("base64");
    const env = configure({ auths: { "registry.example.org:5000": { auth } } });

    expect(await loginFor("registry.example.org:5000/team/notebook:1", env)).toEqual({
      username: "anna",
      password: "pass:word",
      serveraddress: "registry.example.org:5000",
    });
    expect(await loginFor("other.example.org/team/notebook:1", env)).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("is asked of the program that keeps it", async () => {
    const program = join(folder, "docker-credential-keeper");
    writeFileSync(
      program,
      '#!/bin/sh\nread -r server\nprintf \'{"Username":"anna","Secret":"for %s"}\' "$server"\n',
    );
    chmodSync(program, 0o755);
    const env = configure({ credHelpers: { "registry.example.org": "keeper" } });
    const path = process.env.PATH;
    process.env.PATH = `${folder}${delimiter}${path}`;
    try {
      expect(await loginFor("registry.example.org/notebook", env)).toMatchObject({
        password: "for registry.example.org",
      });
    } finally {
      process.env.PATH = path;
    }
  });

  it("is nothing where nobody has logged in, or the program is not there", async () => {
    expect(await loginFor("clx/notebook", { DOCKER_CONFIG: folder })).toBeUndefined();
    expect(await loginFor("clx/notebook", configure({ credsStore: "nobody-has-this" }))).toBe(
      undefined,
    );
  });

  it.each([
    ["clx/notebook:1", "https://index.docker.io/v1/"],
    ["notebook", "https://index.docker.io/v1/"],
    ["docker.io/clx/notebook", "https://index.docker.io/v1/"],
    ["localhost/notebook", "localhost"],
    ["localhost:5000/notebook", "localhost:5000"],
  ])("of %s is that of %s", (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});

import { describe, expect, it } from "vitest";
import { orderFor } from "../../../test/support/start-order.ts";
import { defaultContainer } from "../../domain/container-settings.ts";
import { containerOptions, grantsOf, launchInside } from "./container-options.ts";

const supervisor = { pid: 1, startedAt: "now", host: "here" };
const traits = { isRootless: false, hasSelinux: false, isDesktop: false };

describe("what a container sees of the machine", () => {
  it("is what was granted, its checkpoints and the folder of its link", () => {
    const order = orderFor("w1", "/srv/course/.clx");

    const grants = grantsOf({ ...order, folders: [{ path: "/srv/course", access: "read" }] });

    expect(grants).toEqual([
      { path: "/srv/course", access: "read" },
      { path: "/srv/course/.clx/checkpoints", access: "write" },
      { path: "/srv/course/.clx", access: "write" },
    ]);
  });

  it("is the folder of the socket, to read, and of the database nothing, by the worker API", () => {
    const order = orderFor("w1", "/srv");
    const link = { kind: "api", address: "unix:/srv/w/api.sock", token: "t" } as const;

    const grants = grantsOf({ ...order, launch: { ...order.launch, link } });

    expect(grants).toContainEqual({ path: "/srv/w", access: "read" });
    expect(grants.map(({ path }) => path)).not.toContain("/srv");
  });

  it("has nothing in a hidden folder", () => {
    const folders = [{ path: "/srv/.clx", access: "hidden" }] as const;

    const { HostConfig } = optionsOf("linux", folders);

    expect(HostConfig?.Mounts).toContainEqual(
      expect.objectContaining({ Type: "tmpfs", Target: "/srv/.clx", ReadOnly: true }),
    );
  });

  it("is under folders in the place of drives on Windows", () => {
    const { HostConfig } = optionsOf("windows", [{ path: "C:\\course", access: "read" }]);

    expect(HostConfig?.Mounts).toContainEqual({
      ...{ Type: "bind", Source: "C:\\course", Target: "/c/course", ReadOnly: true },
    });
  });
});

describe("what a worker in a container is told", () => {
  it("has our own modules where the image has them, and no log of ours", () => {
    const { launch } = orderFor("w1");
    const handler = new URL("../../workers/command/command-worker.ts", import.meta.url).href;

    const told = launchInside({ ...launch, handler, logPath: "/x.log" }, "linux");

    expect(told.handler).toBe("file:///opt/clx/dist/workers/command/command-worker.js");
    expect(told).not.toHaveProperty("logPath");
  });

  it("has paths as they are inside, on Windows too", () => {
    const { launch } = orderFor("w1");
    const told = launchInside(
      {
        ...launch,
        handler: "file:///C:/course/own.mjs",
        checkpointFolder: "C:\\course\\.clx\\checkpoints",
        link: { kind: "store", path: "C:\\course\\.clx\\clx.db" },
      },
      "windows",
    );

    expect(told).toMatchObject({
      handler: "file:///c/course/own.mjs",
      checkpointFolder: "/c/course/.clx/checkpoints",
      link: { path: "/c/course/.clx/clx.db" },
    });
  });
});

it("labels are switched off only where SELinux would forbid all files", () => {
  const { HostConfig } = optionsOf("linux", [], { ...traits, hasSelinux: true });

  expect(HostConfig?.SecurityOpt).toEqual(["no-new-privileges", "label=disable"]);
  expect(optionsOf("linux", []).HostConfig?.SecurityOpt).toEqual(["no-new-privileges"]);
});

function optionsOf(
  host: "linux" | "windows",
  folders: Parameters<typeof grantsOf>[0]["folders"] = [],
  own = traits,
) {
  return containerOptions({
    order: { ...orderFor("w1"), folders },
    ...{ image: "some:1", settings: defaultContainer, network: "none", entry: "main.js" },
    ...{ user: "1:1", supervisor, host, traits: own },
  });
}

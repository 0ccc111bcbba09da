import { describe, expect, it } from "vitest";
import { tcpOn } from "./worker-api-for.ts";

describe("where workers in containers find their supervisor", () => {
  it("is a socket on Linux, and a port of the loopback where containers have a machine of their own", () => {
    const desktop = { hosts: ["127.0.0.1"], advertisedHost: "host.docker.internal" };

    expect(tcpOn("linux")).toBeUndefined();
    expect(tcpOn("darwin")).toEqual(desktop);
    expect(tcpOn("win32")).toEqual(desktop);
  });
});

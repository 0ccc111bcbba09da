import { expect, it } from "vitest";
import { withAbsolutePaths } from "./payload-paths.ts";

it("makes every path of a notebook's payload start at the submitter's folder", () => {
  const payload = {
    source: "a/x.py",
    outputs: [{ path: "../out/x.html" }, { path: "/there/x.py" }],
    pictures: [{ relative: "img/x.png", path: "x.png" }],
    branding: { author: "a/b", logo: "logo.svg" },
  };

  expect(withAbsolutePaths({ type: "notebook", payload }, "/home/ada")).toEqual({
    source: "/home/ada/a/x.py",
    outputs: [{ path: "/home/out/x.html" }, { path: "/there/x.py" }],
    pictures: [{ relative: "img/x.png", path: "/home/ada/x.png" }],
    branding: { author: "a/b", logo: "/home/ada/logo.svg" },
  });
});

it.each([
  ["command", { source: "x" }],
  ["own-type", { source: "x" }],
  ["notebook", null],
  ["notebook", ["x"]],
  ["notebook", { source: 7, outputs: "x", branding: null, pictures: [1, {}] }],
  ["notebook", { source: "" }],
])("leaves alone what is no path: %s %j", (type, payload) => {
  expect(withAbsolutePaths({ type, payload }, "/home/ada")).toEqual(payload);
});

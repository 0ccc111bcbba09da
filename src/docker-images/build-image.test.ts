import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultBase } from "./build-image.ts";
import { imageTypes } from "./image-types.ts";

it("the base image that is spoken of is that of the Dockerfiles", () => {
  for (const { dockerfile } of imageTypes) {
    const text = readFileSync(new URL(`../../docker/${dockerfile}`, import.meta.url), "utf8");

    expect(text).toContain(`ARG BASE=${defaultBase}\n`);
  }
});

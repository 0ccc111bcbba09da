import { expect, it } from "vitest";
import { PullProgress } from "./image.ts";

it("the pull of an image is told in a line for each tenth, of all its layers together", () => {
  const said: string[] = [];
  const progress = new PullProgress("a:1", (line) => said.push(line));
  const mib = 1024 ** 2;
  const step = (id: string, current: number, total: number) => ({
    ...{ id, status: "Downloading", progressDetail: { current, total } },
  });

  progress.take({ id: "one", status: "Pulling fs layer" });
  for (let done = 0; done <= 10; done++) progress.take(step("one", done * mib, 10 * mib));
  progress.take(step("two", 0, 10 * mib));
  progress.take(step("two", 10 * mib, 10 * mib));

  expect(said[0]).toBe("pulling a:1: 10 % of 10 MiB");
  expect(said).toHaveLength(10);
});

import { describe, expect, it } from "vitest";
import { classOf, isIgnoredFile, isIgnoredFolder, topicIdOf } from "./file-rules.ts";

describe("the rules of a topic's files", () => {
  it.each([
    ["pu/a.pu", "plantuml"],
    ["a.puml", "plantuml"],
    ["x/a.plantuml", "plantuml"],
    ["drawio/a.drawio", "drawio"],
    ["slides_a.py", "notebook"],
    ["topic_a.cpp", "notebook"],
    ["slides_a.ipynb", "notebook"],
    ["slides_a.txt", "file"],
    ["a.py", "file"],
    ["img/a.png", "image"],
    ["img/A.PNG", "file"],
    ["imgdata/a.png", "file"],
    ["data/a.csv", "file"],
  ])("take %s for a %s", (path, expected) => {
    expect(classOf(path)).toBe(expected);
  });

  it.each([
    ["topic_100_some_topic", "some_topic"],
    ["topic_110_x.py", "x"],
    ["any_words_first.cpp", "first"],
    ["img", undefined],
    ["topic_100", undefined],
  ])("call %s the topic %s", (name, id) => {
    expect(topicIdOf(name)).toBe(id);
  });

  it("pass over what tools leave, and over some files below the top", () => {
    expect(
      ["build", "__pycache__", "x.egg-info", "cmake-build-debug"].map(isIgnoredFolder),
    ).toEqual([true, true, true, true]);
    expect(isIgnoredFolder("data")).toBe(false);
    expect([isIgnoredFile("a.bin", false), isIgnoredFile("a.bin", true)]).toEqual([true, false]);
  });
});

import { readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import { makeFolder } from "../../machine/make-folder.ts";
import { courseSchema } from "../spec/course-schema.ts";
import { specTemplate } from "./spec-template.ts";
import { topicTemplate } from "./topic-template.ts";

const topic = "slides/module_100_first_steps/topic_100_temperatures";

/** Makes a small course in a folder that is new or empty; answers with its files. */
export async function writeCourse(folder: string): Promise<readonly string[]> {
  refuseFull(folder);
  const files: Readonly<Record<string, string>> = {
    "course.yaml": specTemplate(titleOf(folder)),
    "course.schema.json": courseSchema(),
    ".gitignore": "output/\n",
    ...Object.fromEntries(
      Object.entries(topicTemplate).map(([path, text]) => [`${topic}/${path}`, text]),
    ),
  };
  for (const [path, text] of Object.entries(files)) {
    await writeNew(join(folder, path), text).catch((error: NodeJS.ErrnoException) => {
      throw unusable(folder, whyNotMade(error));
    });
  }
  return Object.keys(files);
}

async function writeNew(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  writeFileSync(path, text, { flag: "wx" });
}

function whyNotMade({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT" && path !== undefined) return `nothing can be made in ${dirname(path)}`;
  return message;
}

function unusable(folder: string, why: string): ClxError {
  return new ClxError("usage", `${folder} cannot be a course's folder: ${why}`);
}

/** A fresh repository counts as empty. */
function refuseFull(folder: string): void {
  const there = namesIn(folder).filter((name) => name !== ".git");
  if (there.length === 0) return;
  throw new ClxError(
    "file_exists",
    `${folder} is not empty: ${there[0]} is in it; name a folder that is new`,
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    const why = code === "ENOTDIR" ? "it is a file, or within one" : message;
    throw unusable(folder, why);
  }
}

/** `python-basics` is "Python Basics". */
function titleOf(folder: string): string {
  const words = basename(folder)
    .split(/[-_\s]+/)
    .filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ") || "Course";
}

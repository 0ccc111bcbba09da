import { selectParts } from "../../course/build/select-parts.ts";
import type { Course } from "../../course/course.ts";
import { type ReadCourseParams, readCourse } from "../../course/discovery/read-course.ts";
import { relativeTo } from "../../course/relative-to.ts";
import type { CommandContext } from "../command.ts";
import { printTable } from "../present/table.ts";
import { tellProblems } from "./tell-build.ts";

export interface OutlineParams extends ReadCourseParams {
  readonly language?: string;
}

/** Prints sections and titles; answers with the exit code. */
export function printOutline(context: CommandContext, params: OutlineParams): number {
  return withCourse(context, params, (course) => {
    const languages = params.language === undefined ? {} : { languages: [params.language] };
    selectParts(course, languages);
    const language =
      params.language ?? (course.languages.includes("en") ? "en" : course.languages[0]) ?? "en";
    const { terminal } = context;
    if (terminal.json) terminal.printJson(outlineJson(course, language));
    else for (const line of outlineLines(course, language)) terminal.print(line);
  });
}

/** Prints where outputs go; answers with the exit code. */
export function printTargets(context: CommandContext, params: ReadCourseParams): number {
  return withCourse(context, params, ({ targets, root }) => {
    const { terminal } = context;
    if (terminal.json) {
      const told = targets.map(({ isDefault: _, ...target }) => target);
      terminal.printJson({ targets: told });
      return;
    }
    printTable(
      terminal,
      [
        { header: "NAME", value: ({ name }) => name },
        { header: "KINDS", value: ({ kinds }) => kinds.join(",") },
        { header: "FORMATS", value: ({ formats }) => formats.join(",") },
        { header: "LANGUAGES", value: ({ languages }) => languages.join(",") },
        {
          header: "PATH",
          value: ({ path }) => relativeTo(root, path),
          shrinkTo: 20,
          cut: "middle",
        },
      ],
      targets,
    );
  });
}

function withCourse(
  context: CommandContext,
  params: ReadCourseParams,
  print: (course: Course) => void,
): number {
  const { course, problems } = readCourse(params);
  tellProblems(context, problems);
  if (course === undefined) return 2;
  print(course);
  return problems.some(({ severity }) => severity === "error") ? 1 : 0;
}

function outlineLines({ name, sections }: Course, language: string): readonly string[] {
  return [
    `# ${name[language]}`,
    ...sections.flatMap((section) => [
      "",
      `## ${section.name[language]}`,
      "",
      ...section.topics.flatMap(({ notebooks }) =>
        notebooks.map(({ title }) => `- ${title[language]}`),
      ),
    ]),
  ];
}

function outlineJson({ name, sections, root }: Course, language: string) {
  return {
    ...{ name: name[language], language },
    sections: sections.map((section) => ({
      name: section.name[language],
      topics: section.topics.map(({ id, notebooks }) => ({
        id,
        notebooks: notebooks.map(({ number, title, path }) => ({
          ...{ number, title: title[language], source: relativeTo(root, path) },
        })),
      })),
    })),
  };
}

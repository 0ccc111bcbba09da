import { ClxError } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import { kinds as allKinds, formats, type Kind } from "../../notebook/notebook.ts";
import type { Course, OutputTarget } from "../course.ts";

/** Which parts of a course are wanted; what is left out means all. */
export interface WantedParts {
  readonly languages?: readonly string[];
  readonly targets?: readonly string[];
  readonly kinds?: readonly Kind[];
  /** One target with everything, here, instead of those of the spec. */
  readonly outputFolder?: string;
}

/** The course with only the wanted parts. @throws ClxError `usage` when there is no such part */
export function selectParts(course: Course, parts: WantedParts): Course {
  const { languages = course.languages, kinds } = parts;
  refuseUnknown("language", languages, course.languages);
  const targets = targetsOf(course, parts).map((target) => ({
    ...target,
    languages: target.languages.filter((language) => languages.includes(language)),
    kinds: target.kinds.filter((kind) => kinds?.includes(kind) ?? true),
  }));
  const used = targets.filter((target) => target.languages.length > 0 && target.kinds.length > 0);
  if (used.length === 0) throw new ClxError("usage", "nothing is left to build with these options");
  return { ...course, languages, targets: used };
}

function targetsOf(
  course: Course,
  { targets, outputFolder }: WantedParts,
): readonly OutputTarget[] {
  if (outputFolder !== undefined) {
    const { languages } = course;
    return [
      { name: "default", path: outputFolder, isDefault: true, kinds: allKinds, formats, languages },
    ];
  }
  if (targets === undefined) return course.targets;
  refuseUnknown(
    "target",
    targets,
    course.targets.map(({ name }) => name),
  );
  return course.targets.filter(({ name }) => targets.includes(name));
}

function refuseUnknown(noun: string, wanted: readonly string[], known: readonly string[]): void {
  const stranger = wanted.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  // Of two letters everything is near.
  const meant = stranger.length < 4 ? undefined : nearestName(stranger, known);
  const hint = meant ? `did you mean ${meant}?` : `it has ${known.join(", ")}`;
  throw new ClxError("usage", `the course has no ${noun} "${stranger}"; ${hint}`);
}

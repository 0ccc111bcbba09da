import { ClxError } from "../domain/errors.ts";
import { labelCaps, type NewTask } from "../domain/task.ts";

/** Refuses a title or tags that are longer or more than `labelCaps` allows. */
export function checkLabels({ title, tags = [] }: NewTask): void {
  if (title !== undefined && title.length > labelCaps.title) {
    throw invalid(`a title of ${title.length} characters is too long: ${labelCaps.title} at most`);
  }
  if (tags.length > labelCaps.tags) {
    throw invalid(`${tags.length} tags are too many for a task: ${labelCaps.tags} at most`);
  }
  if (tags.some((tag) => tag.trim() === "")) throw invalid("a tag must not be empty");
  const long = tags.find((tag) => tag.length > labelCaps.tag);
  if (long !== undefined) {
    throw invalid(`the tag ${long.slice(0, 20)}… is too long: ${labelCaps.tag} characters at most`);
  }
}

function invalid(message: string): ClxError {
  return new ClxError("invalid_value", message);
}

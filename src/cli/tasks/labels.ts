import type { NewTask } from "../../domain/task.ts";

/** Of the options --title and --tag. */
export function labelsOf(values: {
  readonly title?: string;
  readonly tag?: readonly string[];
}): Pick<NewTask, "title" | "tags"> {
  return {
    ...(values.title !== undefined && { title: values.title }),
    ...(values.tag !== undefined && { tags: values.tag }),
  };
}

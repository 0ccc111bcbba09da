import type { NewTask } from "../../domain/task.ts";
import type { Given, OptionSpecs } from "../command.ts";

export const labelOptions = {
  title: { type: "string", value: "TEXT", help: "for people, in place of the payload" },
  tag: { type: "string", multiple: true, value: "WORD", help: "to find it by; repeatable" },
} as const satisfies OptionSpecs;

export function labelsOf(
  values: Given<typeof labelOptions>["values"],
): Pick<NewTask, "title" | "tags"> {
  return {
    ...(values.title !== undefined && { title: values.title }),
    ...(values.tag !== undefined && { tags: values.tag }),
  };
}

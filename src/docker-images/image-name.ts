import { ClxError } from "../domain/errors.ts";

export interface ImageNaming {
  /** What stands before the type: `registry.example.org/team`. */
  readonly registry: string;
  readonly tag: string;
}

/** Used where nobody names another one. */
export const ownRegistry = "clx";

/** @throws ClxError `invalid_value` for what no engine would take */
export function imageName(type: string, { registry, tag }: ImageNaming): string {
  if (!/^[a-z0-9]+([._:-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(registry)) {
    throw invalid("--registry", registry, "a name such as registry.example.org/team");
  }
  if (!/^[\w][\w.-]{0,127}$/.test(tag)) throw invalid("--tag", tag, "a tag such as 1.0 or latest");
  return `${registry}/${type}:${tag}`;
}

function invalid(option: string, value: string, wanted: string): ClxError {
  return new ClxError("invalid_value", `${option} is "${value}", but must be ${wanted}`);
}

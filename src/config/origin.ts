import type { Position } from "./layers/key-positions.ts";

export type FileLocation = "project" | "user" | "system";

/** Who said a value. */
export type Origin =
  | { readonly kind: "flag"; readonly flag: string }
  | { readonly kind: "variable"; readonly variable: string }
  | ({
      readonly kind: "file";
      readonly location: FileLocation;
      readonly path: string;
    } & Position)
  | { readonly kind: "default" };

/** `--workers`, `CLX_WORKERS__AUTO_START`, `/srv/course/.clx/config.toml:7` or `default`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "flag":
      return `--${origin.flag}`;
    case "variable":
      return origin.variable;
    case "file":
      return `${origin.path}:${origin.line}`;
    case "default":
      return "default";
  }
}

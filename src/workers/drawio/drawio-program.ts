import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Picture, pngPicture, svgPicture } from "../../rendering/picture.ts";
import { runTool, type ToolEnding, withOwnFolder } from "../../rendering/run-tool.ts";
import { userError } from "../../rendering/user-error.ts";
import { TaskError } from "../../worker/handler.ts";
import type { Drawer, DrawRequest } from "./drawer.ts";
import { type DisplayEnv, type DisplayParams, withDisplay } from "./virtual-display.ts";

/**
 * A draw.io of the user's: one run for each page, with a home, temporary folder and display of
 * its own, so that runs beside it and the user's own window do not disturb it.
 */
export class DrawioProgram implements Drawer {
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  draw({ page, format, scale, border, signal }: DrawRequest): Promise<Picture> {
    return withOwnFolder(async (folder) => {
      const input = join(folder, "page.drawio");
      const output = join(folder, `page.${format}`);
      await writeFile(input, `<mxfile><diagram name="page">${page.model}</diagram></mxfile>`);
      const args = [
        ...["--export", "--format", format, "--scale", String(scale)],
        ...["--border", String(border), "--output", output, input],
        ...["--no-sandbox", "--disable-gpu", `--user-data-dir=${join(folder, "user")}`],
      ];
      const program = this.#program;
      const own = { TMPDIR: folder, DRAWIO_DISABLE_UPDATE: "true" };
      const ending = await onDisplay({ folder, signal }, (display) =>
        runTool({ program, args, env: { ...process.env, ...own, ...display }, signal }),
      );
      const content = await readFile(output).catch(() => undefined);
      if (ending.code !== 0 || content === undefined) throw this.#fault(ending, page.source);
      return format === "png" ? pngPicture(content) : svgPicture(content.toString("utf8"));
    });
  }

  #fault({ code, killedBy, stdout, stderr }: ToolEnding, source: string): Error {
    const said = `${stderr}\n${stdout.toString("utf8")}`.trim();
    const words = said.split("\n").slice(-3).join(" ") || "it said nothing";
    if (/file not found|not a diagram file|Invalid file|Error: Export failed/i.test(said)) {
      return userError(`${basename(source)} was not drawn by ${this.#program}: ${words}`);
    }
    const how = killedBy === null ? `exit code ${code}` : killedBy;
    return new TaskError(
      killedBy === null ? "exit_code" : "signal",
      `${this.#program} ended with ${how} and drew nothing: ${words}`,
      { logTail: said.slice(-2_000), ...(code !== null && { exitCode: code }) },
    );
  }
}

/** On Linux it opens no window, but wants a display. */
function onDisplay<T>(
  params: DisplayParams,
  use: (display: Partial<DisplayEnv>) => Promise<T>,
): Promise<T> {
  return process.platform === "linux" ? withDisplay(params, use) : use({});
}

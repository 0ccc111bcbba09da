import { basename } from "node:path";
import { pngPicture, svgPicture } from "../../rendering/picture.ts";
import { runTool, type ToolEnding, withOwnFolder } from "../../rendering/run-tool.ts";
import { TaskError } from "../../worker/handler.ts";
import type { Drawer, Drawn, DrawRequest } from "./drawer.ts";

/** What PlantUML ends with when a diagram has a mistake. */
const mistakeCode = 200;

/**
 * PlantUML in Java, from a JAR that the user has configured: one run for each diagram, fed
 * through its standard input, in the folder of its source so that includes are found.
 */
export class PlantumlJar implements Drawer {
  readonly includes = true;
  readonly #jar: string;

  constructor(jar: string) {
    this.#jar = jar;
  }

  draw(request: DrawRequest): Promise<Drawn> {
    return withOwnFolder(async (folder) => {
      const { diagram, folder: cwd, signal } = request;
      const ending = await runTool({
        program: "java",
        args: [`-Djava.io.tmpdir=${folder}`, ...this.#args(request)],
        cwd,
        env: process.env,
        stdin: `${diagram.lines.map(({ text }) => text).join("\n")}\n`,
        signal,
      });
      return this.#judge(ending, request);
    });
  }

  #args({ format, dpi }: DrawRequest): string[] {
    return [
      "-Djava.awt.headless=true",
      "-Dfile.encoding=UTF-8",
      ...["-jar", this.#jar, "-pipe", "-nometadata", "-charset", "UTF-8"],
      ...(format === "svg" ? ["-tsvg"] : ["-tpng", `-Sdpi=${dpi}`]),
    ];
  }

  #judge({ code, killedBy, stdout, stderr }: ToolEnding, { format }: DrawRequest): Drawn {
    const lacksDot = /Cannot run program ".*dot|Cannot find Graphviz|Dot executable/i;
    if (lacksDot.test(`${stderr}${format === "svg" ? stdout.toString("utf8") : ""}`)) {
      throw new TaskError(
        "not_started",
        "PlantUML in Java draws such diagrams with Graphviz, and found no program dot; install Graphviz, or unset PLANTUML_JAR",
      );
    }
    if (code === mistakeCode || /^ERROR\n\d+\n/m.test(stderr)) return faultOf(stderr);
    if (code !== 0 || stdout.length === 0) {
      const how = killedBy === null ? `exit code ${code}` : killedBy;
      throw new TaskError(
        killedBy === null ? "exit_code" : "signal",
        `java -jar ${basename(this.#jar)} ended with ${how} and drew nothing: ${lastWords(stderr)}`,
        { logTail: stderr.slice(-2_000), ...(code !== null && { exitCode: code }) },
      );
    }
    if (format === "png") return { kind: "picture", picture: pngPicture(stdout) };
    return { kind: "picture", picture: svgPicture(withoutSource(stdout.toString("utf8"))) };
  }
}

/** `ERROR`, the number of the line from 0 (of the diagram, without its frame), the reason. */
function faultOf(stderr: string): Drawn {
  const [, line, reason] = /^ERROR\n(\d+)\n(.*)$/m.exec(stderr) ?? [];
  return {
    kind: "fault",
    ...(line !== undefined && { line: Number(line) + 1 }),
    message: reason?.trim() || lastWords(stderr),
  };
}

function lastWords(stderr: string): string {
  return stderr.trim().split("\n").slice(-3).join(" ") || "it said nothing";
}

/** Java adds the source in a comment, which may say more than the picture. */
function withoutSource(svg: string): string {
  return svg.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll(/<\?plantuml[^?]*\?>/g, "");
}

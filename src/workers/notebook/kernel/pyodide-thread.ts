import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { loadPyodide } from "pyodide";
import { pyodideProgram } from "./pyodide-program.ts";
import type { FromThread, ToThread } from "./pyodide-words.ts";

/** The thread that Python runs in: so that a cell without an end can be ended. */
const port = parentPort;
if (port === null) throw new Error("this is the program of a thread");

const say = (message: FromThread) => port.postMessage(message);
const home = "/home/notebook";

const packageFolder = dirname(fileURLToPath(import.meta.resolve("pyodide/pyodide.mjs")));
const python = await loadPyodide({
  indexURL: packageFolder,
  env: { HOME: home, PYTHONHASHSEED: "0" },
});
const printTo = (name: "stdout" | "stderr") => {
  const decoder = new TextDecoder();
  return {
    write(bytes: Uint8Array) {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== "")
        say({ kind: "output", message: { type: "stream", content: { name, text } } });
      return bytes.length;
    },
  };
};
python.setStdout(printTo("stdout"));
python.setStderr(printTo("stderr"));
python.FS.mkdirTree(home);
python.FS.chdir(home);
python.globals.set("_say", (text: string) => {
  say({ kind: "output", message: JSON.parse(text) });
});
await python.runPythonAsync(pyodideProgram);
await python.runPythonAsync(`sys.path.insert(0, ${JSON.stringify(home)})`);
const run = python.globals.get("_run") as (source: string) => Promise<string>;

port.on("message", (message: ToThread) => void obey(message));
say({ kind: "ready" });

async function obey(message: ToThread): Promise<void> {
  if (message.kind !== "run") {
    const path = `${home}/${message.relative.replaceAll("\\", "/")}`;
    python.FS.mkdirTree(dirname(path));
    python.FS.writeFile(path, message.kind === "text" ? message.text : readFileSync(message.path));
    say({ kind: "added" });
    return;
  }
  say({ kind: "reply", content: JSON.parse(await run(message.source)) });
}

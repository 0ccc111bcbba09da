import { extname } from "node:path";

/** Folders that hold what tools leave behind: no topics and no files of a course are in them. */
const ignoredFolders = new Set([
  ..."__pycache__ .cargo .git .idea .ipynb_checkpoints .mypy_cache .pytest_cache .tox .venv".split(
    " ",
  ),
  ..."venv .vs .vscode bin build chroma_db chroma_langchain_db chroma_rag_db CMakeFiles dist".split(
    " ",
  ),
  ..."img-large localdata obj out target .clx node_modules".split(" "),
]);

const ignoredNames = [/\.egg-info/, /cmake-build-/, /\.bkp$/, /\.bak$/, /^chroma_.*db/];

/** Only below the folder of a topic: what stands at its top is always meant. */
const ignoredSuffixes = new Set([".keras", ".bkp", ".bin"]);

const plantumlSuffixes = new Set([".pu", ".puml", ".plantuml"]);
const pictureSuffixes = new Set([".png", ".jpg", ".jpeg", ".gif", ".svg"]);
const notebookSuffixes = new Set(".c .cpp .cs .java .md .py .rs .rust .ts .ipynb".split(" "));

export function isIgnoredFolder(name: string): boolean {
  return ignoredFolders.has(name) || ignoredNames.some((rule) => rule.test(name));
}

export function isIgnoredFile(name: string, isAtTop: boolean): boolean {
  return !isAtTop && ignoredSuffixes.has(extname(name));
}

export type FileClass = "plantuml" | "drawio" | "notebook" | "image" | "file";

/** What a file of a topic is, by its name and where it stands in the topic. */
export function classOf(relative: string): FileClass {
  const parts = relative.split("/");
  const name = parts.at(-1) ?? "";
  const suffix = extname(name);
  if (plantumlSuffixes.has(suffix)) return "plantuml";
  if (suffix === ".drawio") return "drawio";
  if (/^(slides|topic)_/.test(name) && notebookSuffixes.has(suffix)) return "notebook";
  if (pictureSuffixes.has(suffix) && !parts.includes("imgdata")) return "image";
  return "file";
}

/** `topic_100_some_topic` and `topic_100_some_topic.py` are `some_topic`; `img` is none. */
export function topicIdOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  const id = (dot < 0 ? name : name.slice(0, dot)).split("_").slice(2).join("_");
  return id === "" ? undefined : id;
}

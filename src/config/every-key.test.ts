import { describe, expect, it } from "vitest";
import { ConfigSite } from "../../test/support/config-site.ts";
import { explainConfig } from "./explain-config.ts";
import { configFlags } from "./layers/flag-layer.ts";
import type { FileLocation } from "./origin.ts";
import { allTypeKeys, findKey, fixedKeys, splitTypeKey, variableOf } from "./schema/sections.ts";

/** Four values of a key: for the three files, weakest first, and for the environment. */
type Samples = readonly [system: string, user: string, project: string, variable: string];

const modes: Samples = ['"inline"', '"docker"', '"direct"', "inline"];
const counts: Samples = ["2", "3", "4", "5"];
const seconds: Samples = ["71", '"72s"', '"2m"', "3m"];
const sizes: Samples = ['"1g"', '"2g"', "1048576", "3g"];

const samples: Readonly<Record<string, Samples>> = {
  db_path: ['"/a.db"', '"/b.db"', '"/c.db"', "/d.db"],
  "workers.default_execution_mode": modes,
  "workers.default_worker_count": counts,
  "workers.auto_start": ["false", "true", "false", "true"],
  "workers.auto_stop": ["false", "true", "false", "true"],
  "workers.reuse_workers": ["false", "true", "false", "true"],
  "workers.startup_timeout": seconds,
  "workers.startup_parallel": counts,
  "workers.startup_retries": ["1", "2", "0", "5"],
  "workers.max_workers": ["2", "3", "5", "6"],
  "workers.heartbeat_interval": seconds,
  "workers.log_dir": ['"/a"', '"/b"', '"/c"', "/d"],
  "workers.queue_name": ['"a"', '"b"', '"c"', "d"],
  "workers.cleanup_age": seconds,
  "workers.concurrency": counts,
  "workers.task_timeout": seconds,
  "workers.docker_network": ['"a"', '"b"', '"c"', "d"],
  "workers.docker_link": ['"database"', '"api"', '"database"', "api"],
  "workers.docker_pull": ["false", "true", "false", "true"],
  "workers.docker_workspace": ['["/a"]', '["/b"]', '["/c", "/cc"]', '["/d"]'],
  "server.mode": ['"managed"', '"standalone"', '"managed"', "standalone"],
  "server.host": ['"127.0.0.2"', '"127.0.0.3"', '"127.0.0.4"', "127.0.0.5"],
  "server.port": ["81", "82", "83", "84"],
  "server.shutdown_timeout": seconds,
  "server.body_limit": sizes,
  "server.rate_limit": ["10", "20", "30", "40"],
  "server.sign_in_time": seconds,
  "server.allowed_folders": ['["/a"]', '["/b"]', '["/c", "/cc"]', '["/d"]'],
  "workers.notebook.execution_mode": modes,
  "workers.notebook.count": counts,
  "workers.notebook.concurrency": counts,
  "workers.notebook.max_job_time": seconds,
  "workers.notebook.expected_memory": sizes,
  "workers.notebook.memory_limit": sizes,
  "workers.notebook.image": ['"a"', '"b"', '"c"', "d"],
  "workers.notebook.cpus": ["1", "1.5", "2", "0.5"],
  "workers.notebook.pids_limit": ["64", "65", "66", "67"],
  "workers.notebook.settings": ["{ a = 1 }", "{ b = 2 }", "{}", '{"c": 3}'],
  "workers.resize.handler": ['"/a.js"', '"/b.js"', '"/c.js"', "/d.js"],
  "workers.resize.command": ['["a"]', '["b"]', '["c", "c"]', '["d"]'],
};

const flagSamples: Readonly<Record<string, readonly [given: string | true, toml: string]>> = {
  "db-path": ["/flag.db", '"/flag.db"'],
  workers: ["docker", '"docker"'],
  "worker-count": ["7", "7"],
  "no-auto-start": [true, "false"],
  "no-auto-stop": [true, "false"],
  "fresh-workers": [true, "false"],
  "force-new-workers": [true, "false"],
  "no-pull": [true, "false"],
  "notebook-workers": ["8", "8"],
};

describe.each(Object.entries(samples))("%s", (id, [system, user, project, variable]) => {
  const files: readonly [FileLocation, string][] = [
    ["system", system],
    ["user", user],
    ["project", project],
  ];

  it("is not set by anybody at first", async () => {
    const { origin, toml } = await effective(new ConfigSite(), id, { own: true });

    expect(origin).toEqual({ kind: "default" });
    const { default: byDefault, format } = findKey(id) ?? {};
    if (byDefault !== undefined && splitTypeKey(id) === undefined) {
      expect(toml).toBe(format?.toToml(byDefault));
    }
  });

  it("is changed by each file, the environment and nothing weaker", async () => {
    const site = new ConfigSite();
    for (const [location, toml] of files) {
      site.write(location, documentOf(id, toml));

      const row = await effective(site, id);

      expect(row.origin).toMatchObject({ kind: "file", location, path: site.paths[location] });
      expect(row.json).toEqual(asJson(id, toml, site));
    }
    const env = { [variableOf(id)]: variable };

    const row = await effective(site, id, { env });

    expect(row.origin).toEqual({ kind: "variable", variable: variableOf(id) });
    expect(row.json).toEqual(asJson(id, spelledInToml(variable, project), site));
  });

  it("is the same under the section's other name", async () => {
    if (!id.startsWith("workers.")) return;
    const other = (name: string) => name.replace(/workers/i, (word) => twin[word] ?? word);
    const site = new ConfigSite().write("project", documentOf(other(id), project));

    expect((await effective(site, id)).json).toEqual(asJson(id, project, site));

    const variableName = other(variableOf(id));
    const row = await effective(site, id, { env: { [variableName]: variable } });
    expect(row.origin).toEqual({ kind: "variable", variable: variableName });
  });

  it("is changed by the variables of earlier systems, unless its own is set", async () => {
    for (const legacy of findKey(id)?.legacy ?? []) {
      const site = new ConfigSite().write("project", documentOf(id, project));
      const env = { [legacy]: variable };

      const row = await effective(site, id, { env });
      const own = await effective(site, id, {
        env: { ...env, [variableOf(id)]: variable, [legacy]: "junk" },
      });

      expect(row.origin).toEqual({ kind: "variable", variable: legacy });
      expect(own.origin).toEqual({ kind: "variable", variable: variableOf(id) });
    }
  });
});

describe.each(Object.entries(flagSamples))("--%s", (name, [given, toml]) => {
  it("beats everything else", async () => {
    const id = configFlags(["notebook"]).find(({ flag }) => flag.name === name)?.id ?? "";
    const [, , project, variable] = samples[id] ?? [];
    const site = new ConfigSite().write("project", documentOf(id, project ?? ""));

    const row = await effective(site, id, {
      env: { [variableOf(id)]: variable ?? "" },
      flags: { [name]: given },
    });

    expect(row.origin).toEqual({ kind: "flag", flag: name });
    expect(row.toml).toBe(toml);
  });
});

it("is tried here for every key and every option there is", () => {
  const names = Object.keys(allTypeKeys);
  const tried = Object.keys(samples).flatMap((id) => splitTypeKey(id)?.name ?? []);

  expect(Object.keys(samples)).toEqual(expect.arrayContaining(Object.keys(fixedKeys)));
  expect(tried.toSorted()).toEqual(names.toSorted());
  const flags = configFlags(["notebook"]).map(({ flag }) => flag.name);
  expect(Object.keys(flagSamples).toSorted()).toEqual(flags.toSorted());
});

const twin: Readonly<Record<string, string>> = {
  workers: "worker_management",
  WORKERS: "WORKER_MANAGEMENT",
};

/** `workers.notebook.count`, `3` → a document that sets it. */
function documentOf(id: string, toml: string): string {
  const parts = id.split(".");
  const name = parts.pop() ?? "";
  return `${parts.length > 0 ? `[${parts.join(".")}]\n` : ""}${name} = ${toml}\n`;
}

function spelledInToml(text: string, like: string): string {
  if (text.startsWith("{")) return text.replace(/"(\w+)":/, "$1 =");
  return like.startsWith('"') ? JSON.stringify(text) : /^\d+[a-z]$/.test(text) ? `"${text}"` : text;
}

function asJson(id: string, toml: string, site: ConfigSite): unknown {
  const key = findKey(id);
  const place = { what: id, folder: site.project, home: site.home };
  return key?.format.toJson(key.format.fromToml(fromDocument(toml), place));
}

function fromDocument(toml: string): unknown {
  return toml.startsWith("{") ? JSON.parse(toml.replaceAll(/(\w+) =/g, '"$1":')) : JSON.parse(toml);
}

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string | true>>;
  /** Nobody else makes the type of one's own. */
  readonly own?: boolean;
}

/** One row of what is in force. A type of one's own is made by the other of its two keys. */
async function effective(site: ConfigSite, id: string, { env, flags, own }: Circumstances = {}) {
  const maker = id === "workers.resize.handler" ? '["x"]' : "/x.js";
  const made =
    own && id.startsWith("workers.resize.")
      ? {
          [variableOf(
            id === "workers.resize.handler" ? "workers.resize.command" : "workers.resize.handler",
          )]: maker,
        }
      : {};
  const config = await site.load({ env: { ...made, ...env }, flags: flags ?? {} });
  const row = explainConfig(config).find(({ key }) => key === id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
}

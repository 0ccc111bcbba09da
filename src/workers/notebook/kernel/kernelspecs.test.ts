import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findKernelSpec } from "./kernelspecs.ts";

describe("the kernel of a language", () => {
  it("is the first of it, in the order of JUPYTER_PATH", async () => {
    const site = newSite();
    site.add("a", "java-17", { language: "java" });
    site.add("b", "java-21", { language: "Java" });

    const found = await site.find("java", { JUPYTER_PATH: `${site.path("b")}:${site.path("a")}` });

    expect(found?.name).toBe("java-21");
  });

  it.each([
    ["cpp", "C++17"],
    ["csharp", "C#"],
    ["typescript", "typescript"],
    ["rust", "Rust"],
  ] as const)("is known for %s as %s", async (progLang, language) => {
    const site = newSite();
    site.add("a", "one", { language: "cobol" });
    site.add("a", "two", { language });

    expect((await site.find(progLang))?.name).toBe("two");
  });

  it("is found by its name, whatever its language", async () => {
    const site = newSite();
    site.add("a", "first", { language: "java" });
    site.add("a", "second", { language: "java" });

    const env = { JUPYTER_PATH: site.path("a"), PATH: site.path("bin") };
    const found = await findKernelSpec({ progLang: "java", name: "second" }, env);

    expect(found?.name).toBe("second");
  });

  it("is none whose program is gone, or whose description is broken", async () => {
    const site = newSite();
    site.add("a", "gone", { language: "rust", argv: ["/no/such/program"] });
    site.add("a", "empty", { language: "rust", argv: [] });
    site.write("a/kernels/broken/kernel.json", "{oops");
    site.write("a/kernels/odd/kernel.json", "[]");

    expect(await site.find("rust")).toBeUndefined();
  });

  it("runs in the Python that it was installed with", async () => {
    const site = newSite();
    const argv = ["python", "-m", "ipykernel_launcher"];
    site.add("venv/share/jupyter", "python3", { language: "python", argv });
    site.write("bin/python", "#!/bin/sh\n");
    const env = { JUPYTER_PATH: site.path("venv/share/jupyter") };

    const before = await site.find("python", env);
    site.write("venv/bin/python", "#!/bin/sh\n");
    const after = await site.find("python", env);

    expect(before?.argv[0]).toBe("python");
    expect(after?.argv).toEqual([site.path("venv/bin/python"), ...argv.slice(1)]);
  });

  it("may be a program of the PATH, and is another when that changes", async () => {
    const site = newSite();
    site.add("a", "own", { language: "rust", argv: ["evcxr", "{connection_file}"] });
    const missing = await site.find("rust");
    site.write("bin/evcxr", "#!/bin/sh\n");
    const found = await site.find("rust");
    site.write("bin/evcxr", "#!/bin/sh\n# newer\n");
    const newer = await site.find("rust");

    expect(missing).toBeUndefined();
    expect(found?.argv).toEqual(["evcxr", "{connection_file}"]);
    expect(newer?.identity).not.toBe(found?.identity);
  });
});

function newSite() {
  const folder = mkdtempSync(join(tmpdir(), "clx-specs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    mkdirSync(join(path(name), ".."), { recursive: true });
    writeFileSync(path(name), text);
    chmodSync(path(name), 0o755);
  };
  return {
    path,
    write,
    add(place: string, name: string, spec: { language: string; argv?: readonly string[] }) {
      const document = { argv: ["/bin/sh"], display_name: name, ...spec };
      write(`${place}/kernels/${name}/kernel.json`, JSON.stringify(document));
    },
    find: (
      progLang: Parameters<typeof findKernelSpec>[0]["progLang"],
      env: Record<string, string> = { JUPYTER_PATH: path("a") },
    ) => findKernelSpec({ progLang }, { HOME: folder, PATH: path("bin"), ...env }),
  };
}

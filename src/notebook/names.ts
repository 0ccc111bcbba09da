/**
 * The names of outputs: a title, a section or a course as a file or a folder is called.
 *
 * Existing courses are linked to by these names, so the rules are theirs: `C#` is spelt out,
 * brackets become round, what troubles a shell or a file system becomes `_`, punctuation goes.
 */
export function fileNameOf(title: string): string {
  return title
    .replaceAll("C#", "CSharp")
    .trim()
    .replaceAll(/[{[]/g, "(")
    .replaceAll(/[}\]]/g, ")")
    .replaceAll(/[/\\$#%&<>*=^€|]/g, "_")
    .replaceAll(/[;!?"'`.:]/g, "");
}

/** The same for each part of a path; the extension of the last part stays. */
export function pathNameOf(path: string): string {
  const parts = path.split("/");
  const last = parts.pop() ?? "";
  const dot = last.lastIndexOf(".");
  const stem = dot > 0 ? last.slice(0, dot) : last;
  const extension = dot > 0 ? last.slice(dot) : "";
  return [...parts.map(fileNameOf), fileNameOf(stem) + extension].join("/");
}

/** `03 What is a List` */
export function numberedName(number: number, title: string): string {
  return `${String(number).padStart(2, "0")} ${fileNameOf(title)}`;
}

import type { Condition } from "./condition.ts";
import type { NamedValues } from "./connection.ts";

/** Finds a text in id, title, tags, payload (as it is shown, or within it) and the failure's message. */
export function hasText(text: string): Condition {
  const plain = needle("text", text);
  const escaped = JSON.stringify(text).slice(1, -1);
  const inJson = needle("textInJson", escaped);
  const found = [
    plain.isIn("id"),
    plain.isIn("title"),
    inJson.isIn("payload"),
    ...(escaped === text ? [] : [plain.isIn("payload")]),
    `(${inJson.isIn("failure")} and ${plain.isIn("failure ->> 'message'")})`,
    `(${inJson.isIn("tags")} and exists
      (select 1 from json_each(tags) as each_tag where ${plain.isIn("each_tag.value")}))`,
  ];
  return { sql: `(${found.join(" or ")})`, values: { ...plain.values, ...inJson.values } };
}

interface Needle {
  readonly values: NamedValues;
  isIn(column: string): string;
}

/** `like` is fast; where it does not know the letters, it lets any pass, and we look again. */
function needle(name: string, text: string): Needle {
  const pattern = `%${text.replace(/[\\%_]/g, "\\$&").replace(/[^\0-\x7f]/gu, "_")}%`;
  const isIn = (column: string) => `${column} like :${name} escape '\\'`;
  if (/^[\0-\x7f]*$/.test(text)) return { values: { [name]: pattern }, isIn };
  return {
    values: { [name]: pattern, [`${name}Lowered`]: text.toLowerCase() },
    isIn: (column) => `(${isIn(column)} and contains_text(${column}, :${name}Lowered))`,
  };
}

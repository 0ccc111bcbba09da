import fc from "fast-check";

/** What people, programs and attackers put where a name was expected. */
export const hostileTexts: readonly string[] = [
  "",
  " ",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'; drop table tasks; --",
  "' or '1'='1",
  "%",
  "_%_",
  "*",
  "\u0000",
  "a\u0000b",
  "\r\nSet-Cookie: x=1",
  "\u001b[31m",
  "\ud800",
  "\udc00x",
  "\u202egnp.exe",
  "e\u0301\u0323",
  "👩‍👩‍👧‍👦",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "null",
  "undefined",
  "NaN",
  "-1",
  "-0",
  "1e999",
  "9007199254740993",
  "0x10",
  "true",
  "[object Object]",
  "{{7*7}}",
  "x".repeat(10_000),
];

const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e21,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[]],
  { toString: 1 },
  { "": {} },
];

export const hostileText = fc.constantFrom(...hostileTexts);

/** Any JSON, mostly of the kind that nobody thought of. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(...odd),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(hostileText, { maxLength: 20 }),
);

/** What may stand between two slashes of an address, broken escapes too. */
export const hostileSegment = fc.oneof(
  hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom("%", "%zz", "%00", "%ED%A0%80", "%2e%2e", "%2F", ";a=b", "a%0d%0ab", "~"),
);

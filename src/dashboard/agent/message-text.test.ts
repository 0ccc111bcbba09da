import { expect, it } from "vitest";
import { messageText } from "./message-text.ts";

it.each([
  ["plain", '<p class="prose">plain</p>'],
  ["a `b` **c**", '<p class="prose">a <code>b</code> <strong>c</strong></p>'],
  ["# Title\ntext", '<p class="prose"><strong>Title</strong>\ntext</p>'],
  [
    "one\n\n```js\nlet a;\n```\ntwo",
    '<p class="prose">one</p><pre class="fence"><code>let a;</code></pre><p class="prose">two</p>',
  ],
  ["```\nnever closed", '<pre class="fence"><code>never closed</code></pre>'],
  ["<b>&`<i>`", '<p class="prose">&lt;b&gt;&amp;<code>&lt;i&gt;</code></p>'],
  ["\u001b[31mred\u001b[0m", '<p class="prose">red</p>'],
  ["api_key=abc123", '<p class="prose">api_key=[redacted]</p>'],
])("shows %j as what it means", (text, shown) => {
  expect(String(messageText(text))).toBe(shown);
});

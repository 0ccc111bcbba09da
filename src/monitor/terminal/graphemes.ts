let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for single characters. */
export function graphemes(text: string): Iterable<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII needs no segmenting
  if (/^[\u0000-\u007f]*$/.test(text)) return text;
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A file that a page holds in itself: a picture, a film, a sound. */
export interface Picture {
  readonly media: string;
  readonly bytes: Uint8Array;
}

/** What paths in the text stand for. */
export interface Pictures {
  find(relative: string): Picture | undefined;
  /** Of those that there are, the one whose name is most like this. */
  nearest(relative: string): string | undefined;
}

export function dataUri({ media, bytes }: Picture): string {
  return `data:${media};base64,${Buffer.from(bytes).toString("base64")}`;
}

const mediaByExtension: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  webp: "image/webp",
  avif: "image/avif",
  bmp: "image/bmp",
  ico: "image/x-icon",
  mp4: "video/mp4",
  m4v: "video/mp4",
  webm: "video/webm",
  ogv: "video/ogg",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  wav: "audio/wav",
  vtt: "text/vtt",
};

/** Of a file, by its extension; absent for what a page does not show. */
export function mediaOf(path: string): string | undefined {
  return mediaByExtension[path.split(".").at(-1)?.toLowerCase() ?? ""];
}

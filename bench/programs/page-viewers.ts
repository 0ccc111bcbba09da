import { Agent, get, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/**
 * As many open pages as wanted, each doing what `live.js` does in a browser: it listens to the
 * stream of changes, and fetches its page again after each message, one fetch at a time. Prints a
 * line when all are open, and how many fetches there were since then when it is told to end.
 */
const [url = "", count = "0", ...places] = process.argv.slice(2);
const topicsOf: Readonly<Record<string, string>> = {
  "/": "overview,tasks,workers",
  "/tasks": "tasks",
  "/workers": "overview,workers",
};
const agent = new Agent({ keepAlive: true });
let fetches = 0;

for (let viewer = 0; viewer < Number(count); viewer++) {
  void view(places[viewer % places.length] ?? "/");
  await pause(37);
}
fetches = 0;
console.log("open");
process.once("SIGTERM", () => {
  console.log(fetches);
  process.exit();
});

async function view(place: string): Promise<void> {
  let isFetching = false;
  let isDue = false;
  let tag: string | undefined;
  const refresh = async () => {
    isDue = true;
    if (isFetching) return;
    isFetching = true;
    while (isDue) {
      isDue = false;
      const answer = await ask(place, {
        ...{ "HX-Request": "true", "X-Live": "true", "Accept-Encoding": "gzip, deflate, br" },
        ...(tag !== undefined && { "If-None-Match": tag }),
      });
      for await (const _ of answer);
      tag = answer.headers.etag;
      fetches++;
    }
    isFetching = false;
  };
  const stream = await ask(`/stream?topics=${topicsOf[place]}`, {});
  for await (const part of stream) if (String(part).includes("event: changed")) void refresh();
}

function ask(path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent, headers }, resolve).once("error", reject);
  });
}

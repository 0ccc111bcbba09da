import { connect, type Socket } from "node:net";
import { monotonicMs } from "../measure/process-usage.ts";

/** What it prints, as JSON, when all tasks are acknowledged. */
export interface Submitted {
  readonly seconds: number;
  /** How long each answer took. */
  readonly samples: readonly number[];
}

const [url = "", count = "0", connections = "1"] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const body = JSON.stringify({
  type: "command",
  payload: { argv: ["true"] },
});
const request = [
  "POST /api/tasks HTTP/1.1",
  `Host: ${hostname}:${port}`,
  "Content-Type: application/json",
  `Content-Length: ${Buffer.byteLength(body)}`,
  "",
  body,
].join("\r\n");

let left = Number(count);
const samples: number[] = [];
const sockets = await Promise.all(Array.from({ length: Number(connections) }, open));
const begunAt = monotonicMs();
await Promise.all(sockets.map(submitOnAndOn));
const result: Submitted = { seconds: (monotonicMs() - begunAt) / 1_000, samples };
process.stdout.write(JSON.stringify(result));

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.setEncoding("latin1");
    socket.once("connect", () => resolve(socket)).once("error", reject);
  });
}

/** One request after the other; a connection of its own, as each client of a server has. */
function submitOnAndOn(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let answer = "";
    const next = () => {
      if (left-- <= 0) {
        socket.destroy();
        resolve();
        return;
      }
      answer = "";
      sentAt = monotonicMs();
      socket.write(request);
    };
    socket.on("data", (text: string) => {
      answer += text;
      if (!isWhole(answer)) return;
      samples.push(monotonicMs() - sentAt);
      if (answer.startsWith("HTTP/1.1 202")) next();
      else reject(new Error(answer));
    });
    socket.on("error", reject);
    next();
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1];
  return length === undefined
    ? answer.endsWith("0\r\n\r\n")
    : answer.length >= end + 4 + Number(length);
}

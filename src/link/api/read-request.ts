import { ClxError } from "../../domain/errors.ts";
import {
  apiPrefix,
  type Operation,
  operations,
  protocolVersion,
  requestCap,
  versionHeader,
} from "./protocol.ts";

/** @throws ClxError `worker_api_mismatch`, `not_found`, `method_not_allowed` */
export function operationOf(request: Request): Operation {
  const { pathname } = new URL(request.url);
  const [version = "", name = "", ...more] = pathname
    .slice(pathname.indexOf(apiPrefix) + apiPrefix.length)
    .split("/");
  checkVersion(version.replace(/^v/, ""), request.headers.get(versionHeader));
  const operation = operations.find((one) => one === name);
  if (operation === undefined || more.length > 0) {
    throw new ClxError(
      "not_found",
      `the worker API has no operation "${name.slice(0, 100)}"; it has ${operations.join(", ")}`,
    );
  }
  if (request.method === "POST") return operation;
  throw new ClxError("method_not_allowed", `${operation} is a POST, not a ${request.method}`);
}

function checkVersion(ofPath: string, ofHeader: string | null): void {
  const ours = String(protocolVersion);
  if (ofPath === ours && ofHeader === ours) return;
  const theirs = ofHeader ?? (ofPath === ours ? "none" : ofPath);
  throw new ClxError(
    "worker_api_mismatch",
    `this server speaks version ${ours} of the worker API, and the worker version ${theirs.slice(0, 20)} (${versionHeader}); use the same release of clx for both`,
  );
}

/** @throws ClxError `body_too_large`, `invalid_value` */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > requestCap) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > requestCap) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    return text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new ClxError("invalid_value", "the body is not JSON in UTF-8", { cause });
  }
}

function tooLarge(): ClxError {
  return new ClxError(
    "body_too_large",
    `the request is larger than ${requestCap} bytes, which is the most that the worker API takes`,
  );
}

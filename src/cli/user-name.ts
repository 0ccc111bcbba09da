import { userInfo } from "node:os";

/** Who sits at this command line. In a container a user may have a number and no name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}

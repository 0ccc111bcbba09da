/** Whether a host to listen on, or an address, is this machine alone. */
export function isLoopback(host: string): boolean {
  const name = withoutBrackets(host).toLowerCase();
  return (
    name === "localhost" ||
    name === "::1" ||
    /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}

/** Whether a `Host` header names the loopback. */
export function namesThisMachine(hostHeader: string): boolean {
  return isLoopback(hostHeader.replace(/:\d*$/, ""));
}

function withoutBrackets(host: string): string {
  return /^\[(.*)\]$/.exec(host)?.[1] ?? host;
}

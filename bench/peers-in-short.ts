/** What `PEERS.md` says in short, below a heading of its own: its first table, its losses, its aims. */
export function peersInShort(peers: string): readonly string[] {
  const lines = peers.split("\n");
  const start = lines.indexOf("## In short");
  if (start < 0) return [];
  const end = lines.findIndex((line, at) => at > start && line.startsWith("## "));
  const [measured = ""] = lines.filter((line) => line.includes(" · load at the start "));
  return [
    "## Side by side with others, in short",
    "",
    `${measured} · all of it in [PEERS.md](PEERS.md)`,
    ...lines.slice(start + 1, end < 0 ? undefined : end),
  ];
}

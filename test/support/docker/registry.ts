import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A registry of one image on loopback, which engines take without a certificate; it ends with the test. */
export async function registryOf(
  image: string,
  { answersBlobs = true }: { readonly answersBlobs?: boolean } = {},
): Promise<{ readonly name: string }> {
  const [repository = "", tag = ""] = image.split(":");
  const blobs = new Map<string, Buffer>();
  const manifest = makeImage(blobs);
  const server = createServer(({ url = "" }, response) => {
    const [, digest = ""] = /\/blobs\/(.*)$/.exec(url) ?? [];
    if (digest !== "" && !answersBlobs) return;
    const isManifest = url.startsWith(`/v2/${repository}/manifests/`);
    const body = isManifest ? manifest : url === "/v2/" ? Buffer.from("{}") : blobs.get(digest);
    response.statusCode = body === undefined ? 404 : 200;
    if (isManifest) response.setHeader("Content-Type", manifestType);
    if (isManifest) response.setHeader("Docker-Content-Digest", digestOf(manifest));
    response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
    response.setHeader("Content-Length", body?.length ?? 0);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { name: `127.0.0.1:${port}/${repository}:${tag}` };
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

/** With one layer that has nothing in it. */
function makeImage(blobs: Map<string, Buffer>): Buffer {
  const layer = Buffer.alloc(1_024);
  const packed = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: "amd64", os: "linux", config: {} },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  for (const blob of [packed, config]) blobs.set(digestOf(blob), blob);
  const described = (mediaType: string, blob: Buffer) => ({
    ...{ mediaType, size: blob.length, digest: digestOf(blob) },
  });
  return Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: manifestType },
      config: described("application/vnd.docker.container.image.v1+json", config),
      layers: [described("application/vnd.docker.image.rootfs.diff.tar.gzip", packed)],
    }),
  );
}

function digestOf(blob: Buffer): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}

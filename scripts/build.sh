#!/bin/sh
# Builds beside what is there: whoever runs it meanwhile finds it whole.
set -eu
next=dist.$$
trap 'rm -rf "$next"' EXIT
tsc -p tsconfig.build.json --outDir "$next"
cp -R src/dashboard/styles src/dashboard/browser "$next/dashboard/"
node scripts/bundle-workers.ts "$next"
node scripts/bundle-cli.ts "$next"
rm -rf dist
mv "$next" dist

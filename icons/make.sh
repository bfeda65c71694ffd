#!/bin/sh
# Makes every application icon from icons/icon.svg with Tauri's own tool; the output is committed.
set -eu
cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
npx --yes @tauri-apps/cli@2 icon icon.svg --output "$made"
for name in 32x32.png 64x64.png 128x128.png 128x128@2x.png icon.png icon.ico icon.icns; do
  cp "$made/$name" "$name"
done

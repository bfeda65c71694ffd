// Build and test settings of the window's screens; mode `preview-data` shows them in a browser with made-up data.
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** A page or a seal for looking at. */
function standInPicture(path: string): string {
  const open = (width: number, height: number) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">`;
  if (path.startsWith("/seal/")) {
    return `${open(40, 40)}<circle cx="20" cy="20" r="19" fill="none" stroke="#c3161c" stroke-width="1.2"/><path fill="#c3161c" d="M20 12l1.9 5.6h6l-4.8 3.5 1.8 5.7-4.9-3.5-4.9 3.5 1.8-5.7-4.8-3.5h6z"/></svg>`;
  }
  const lines = Array.from(
    { length: 24 },
    (_, line) =>
      `<rect x="25" y="${40 + line * 9}" width="${120 + ((line * 37) % 40)}" height="3" rx="1.5" fill="#e4e2de"/>`,
  );
  return `${open(210, 297)}<rect width="210" height="297" fill="#fff"/>${lines.join("")}</svg>`;
}

/** Loads the stand-in for the shell before the application, in mode `preview-data` only. */
function standIn(): Plugin {
  return {
    name: "preview-data",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/picture", (request, response) => {
        response.setHeader("content-type", "image/svg+xml");
        response.end(standInPicture(request.url ?? ""));
      });
    },
    transformIndexHtml: () => [
      { tag: "script", attrs: { type: "module", src: "/preview/stand_in.ts" }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "preview-data" ? [standIn()] : [])],
  base: "./",
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1200 },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/browser.ts"] },
}));

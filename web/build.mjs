// Bundles the GraphiQL page, and what makes the pages for people lively. Usage: node build.mjs [OUTPUT_FOLDER]
//
// Entry files keep stable names (the page and the workers refer to them); chunks and fonts go to `assets/` with a
// hash in the name, so that the server may let browsers keep them for ever.
import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const outdir = path.resolve(process.argv[2] ?? path.join(here, "dist"));
const require = createRequire(import.meta.url);

/** GraphiQL's style sheet carries its fonts as data: addresses, which `font-src 'self'` refuses: write them as files. */
const fontsAsFiles = {
  name: "fonts-as-files",
  setup(plugin) {
    let count = 0;
    plugin.onResolve({ filter: /^data:font\// }, ({ path: address }) => {
      const [, format, base64] = /^data:font\/(\w+);base64,(.*)$/s.exec(address);
      return { path: `${++count}.${format}`, namespace: "font", pluginData: Buffer.from(base64, "base64") };
    });
    plugin.onLoad({ filter: /.*/, namespace: "font" }, ({ pluginData }) => ({ contents: pluginData, loader: "file" }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: ["chrome109", "firefox115", "safari16.4"],
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  logLevel: "warning",
  outdir,
};

await Promise.all([
  build({
    ...common,
    entryPoints: { graphiql: "src/graphiql.tsx" },
    format: "esm",
    splitting: true,
    chunkNames: "assets/[name]-[hash]",
    // The explorer plugin requires `graphql`, everything else imports it. Two copies would not know each other's types.
    alias: { graphql: require.resolve("graphql/index.mjs") },
    mainFields: ["browser", "module", "main"],
    // Monaco imports a style sheet for each widget; GraphiQL's own sheet already has them all.
    loader: { ".css": "empty" },
  }),
  build({
    ...common,
    entryPoints: { graphiql: "src/graphiql.css" },
    assetNames: "assets/font-[hash]",
    plugins: [fontsAsFiles],
  }),
  build({
    ...common,
    entryPoints: { pages: "src/pages.ts" },
    format: "esm",
  }),
  build({
    ...common,
    entryPoints: { pages: "src/pages.css", "pages-a3": "src/pages-a3.css" },
  }),
  build({
    ...common,
    entryPoints: {
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
      "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    },
    format: "iife",
  }),
]);
await copyFile(path.join(here, "src/favicon.svg"), path.join(outdir, "favicon.svg"));

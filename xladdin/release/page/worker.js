// Python in a thread of its own, so that the page never stands still. Nothing is fetched: what Pyodide asks for was handed over.
"use strict";
let python, work, main;

function unpacked(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
}

async function start(files) {
  const parts = {};
  for (const [name, text] of Object.entries(files)) parts[name] = await new Response(unpacked(text)).arrayBuffer();
  const script = (name) => URL.createObjectURL(new Blob([parts[name]], { type: "text/javascript" }));
  self.fetch = async (asked) => {
    const name = String(asked.url || asked).split("/").pop();
    if (!parts[name]) throw new Error("页面里没有 " + name);
    return new Response(parts[name], { headers: { "content-type": name.endsWith("wasm") ? "application/wasm" : "application/zip" } });
  };
  importScripts(script("pyodide.js"));
  importScripts(script("pyodide.asm.js"));
  postMessage({ report: "正在启动……" });
  python = await loadPyodide({ indexURL: "https://nowhere.invalid/" });
  for (const name of Object.keys(parts)) if (name.endsWith(".whl")) python.unpackArchive(parts[name], "wheel");
  work = python.pyimport("xladdin.release.page.work");
  main = python.pyimport("xladdin.cli").main;
  return { version: work.version() };
}

function put(folder, files) {
  work.fresh(folder);
  for (const { name, data } of files) {
    const path = folder + "/" + name;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, new Uint8Array(data));
  }
}

const jobs = {
  start: ({ files }) => start(files),
  put: ({ folder, files }) => put(folder, files),
  run: ({ words }) => {
    const result = work.called(main, python.toPy(words), (line) => postMessage({ report: line }));
    const [code, out, errors] = result.toJs();
    result.destroy();
    return { code, out, errors };
  },
  list: ({ folder }) => work.files_below(folder).toJs(),
  read: ({ path }) => python.FS.readFile(path),
  zip: ({ folder, path }) => { work.zipped(folder, path); return python.FS.readFile(path); },
};

onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, result: await jobs[data.job](data) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error.message || error) });
  }
};

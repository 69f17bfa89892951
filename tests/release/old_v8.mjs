// The page's wheels under an old V8: node old_v8.mjs PYODIDE PAGE WHEELS FOLDER. Consolidates the forms of 回收 in FOLDER into its
// folder old, as the page does, and says what V8 it was.
import fs from "fs";
import vm from "vm";
import { createRequire } from "module";
const [pyodide, page, wheels, folder] = process.argv.slice(2);
for (const name of ["old.js", "page.js", "worker.js"]) new vm.Script(fs.readFileSync(`${page}/${name}`, "utf8"));
const { loadPyodide } = createRequire(pyodide + "/")("./pyodide.js");
const python = await loadPyodide({ indexURL: pyodide + "/" });
const bytes = (path) => new Uint8Array(fs.readFileSync(path));
for (const name of fs.readdirSync(wheels)) if (name.endsWith(".whl")) python.unpackArchive(bytes(`${wheels}/${name}`), "wheel");
python.FS.mkdirTree("/考核/回收");
for (const name of fs.readdirSync(`${folder}/回收`)) python.FS.writeFile(`/考核/回收/${name}`, bytes(`${folder}/回收/${name}`));
const work = python.pyimport("xladdin.release.page.work");
const words = ["consolidate", "/考核/回收", "-o", "/考核/old/考核汇总.xlsx", "--json", "/考核/old/results.json"];
const [code, , errors] = work.called(python.pyimport("xladdin.cli").main, python.toPy(words), () => {}).toJs();
fs.mkdirSync(`${folder}/old`);
for (const name of work.files_below("/考核/old").toJs()) fs.writeFileSync(`${folder}/old/${name}`, python.FS.readFile(`/考核/old/${name}`));
console.log(JSON.stringify({ v8: process.versions.v8, code, errors }));
process.exit(0);

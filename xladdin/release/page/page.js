// The page: what is dropped goes to the worker as files, what the program writes is shown. All texts of files are set as text.
"use strict";
const $ = (id) => document.getElementById(id);
const HOME = "/考核", RETURNED = HOME + "/回收", OUT = HOME + "/办理结果";
const PACKED = {};
for (const part of document.querySelectorAll("script[data-file]")) { PACKED[part.dataset.file] = part.textContent; part.remove(); }

let worker, waiting = new Map(), number = 0, given = [], busy = false;

// --- The worker --------------------------------------------------------------------------------------------------------

function ask(job, more = {}) {
  return new Promise((resolve, reject) => {
    waiting.set(++number, { resolve, reject });
    worker.postMessage({ id: number, job, ...more });
  });
}

async function begin() {
  say("正在准备，第一次约十秒……", true);
  worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" })));
  worker.onmessage = ({ data }) => {
    if (data.report !== undefined) return report(data.report);
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    data.error === undefined ? resolve(data.result) : reject(new Error(data.error));
  };
  worker.onerror = (event) => say("这个浏览器不能运行本页：" + (event.message || "启动失败") + "。请换 Chrome、Edge 97 以上的版本。", false, true);
  const { version } = await ask("start", { files: PACKED });
  $("version").textContent = version;
  document.body.dataset.ready = Math.round(performance.now());
  enable();
  say("准备好了。文件只在这台电脑上处理，不会发送到任何地方。");
}

async function cancel() {
  worker.terminate();
  waiting.clear();
  delete document.body.dataset.ready;
  working(false);
  await begin();
  say("已取消，没有写出结果。");
}

// --- What is said ------------------------------------------------------------------------------------------------------

function say(text, isWorking = false, isWrong = false) {
  $("state").textContent = text;
  $("state").className = isWrong ? "wrong" : "";
  $("bar").hidden = !isWorking;
  if (!isWorking) $("bar").removeAttribute("value");
}

function report(line) {
  const step = /(\d+)\/(\d+)/.exec(line);
  if (step) { $("bar").max = Number(step[2]); $("bar").value = Number(step[1]); }
  say(line.replace(/[#-]{4,}/, ""), true);
}

function working(is) {
  busy = is;
  $("cancel").hidden = !is;
  enable();
}

function enable() {
  const isReady = "ready" in document.body.dataset;
  for (const button of document.querySelectorAll("button[data-job]")) button.disabled = busy || !isReady || (button.dataset.needs === "files" && !given.length);
}

function cell(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text === null || text === undefined ? "" : String(text);
  if (className) made.className = className;
  return made;
}

function table(heads, rows, caption = "") {
  const made = document.createElement("table");
  if (caption) made.append(cell("caption", caption));
  const head = made.createTHead().insertRow();
  for (const text of heads) head.append(cell("th", text));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const content of row) line.append(content instanceof Node ? content : cell("td", content, String(content ?? "").length <= 8 ? "short" : ""));
  }
  return made;
}

function heading(text) { return cell("h2", text); }

// --- Files -------------------------------------------------------------------------------------------------------------

async function entriesOf(entry, path = "") {
  if (entry.isFile) return [{ name: path + entry.name, file: await new Promise((found, failed) => entry.file(found, failed)) }];
  const reader = entry.createReader(), all = [];
  for (;;) {
    const some = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!some.length) break;
    for (const one of some) all.push(...await entriesOf(one, path + entry.name + "/"));
  }
  return all;
}

function take(files) {
  const kept = files.filter(({ name }) => !/(^|\/)(~\$|\.)/.test(name) && !/(^|\/)(办理结果[^/]*|结果)\//.test(name));
  const top = new Set(kept.map(({ name }) => name.split("/")[0]));
  const isFolder = kept.length && top.size === 1 && kept.every(({ name }) => name.includes("/"));
  given = kept.map(({ name, file }) => ({ name: isFolder ? name.slice(name.indexOf("/") + 1) : name, file }));
  $("given").textContent = given.length ? `已选 ${given.length} 个文件：` + given.slice(0, 8).map(({ name }) => name).join("、") + (given.length > 8 ? "……" : "") : "";
  enable();
}

const LARGEST = 100e6; // No workbook that is read is larger: such a file is named as one that was not.

async function contentOf(name, file) {
  try {
    return file.size > LARGEST ? new ArrayBuffer(0) : await file.arrayBuffer();
  } catch (error) {
    throw new Error(`“${name}”读不出来：选好以后又改过、移走了，或者正被别的程序占用。请存盘、关闭它，再选一次（或再拖进来一次）。`);
  }
}

async function handOver() {
  const files = [];
  for (const { name, file } of given) {
    const isOfRound = /^(下发|回收)\//.test(name) || /^(任务分解表|考核方案|进度|更正单)\.xlsx$/.test(name);
    files.push({ name: isOfRound ? name : "回收/" + name, data: await contentOf(name, file) });
  }
  await ask("put", { folder: HOME, files });
}

const isRound = () => isGiven(/^回收\//) || isGiven(/^(任务分解表|进度|更正单)\.xlsx$/);
const returned = () => (isRound() ? [HOME, "--round"] : [RETURNED]);
const isGiven = (pattern) => given.some(({ name }) => pattern.test(name));

function download(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.textContent = "下载 " + name;
  link.className = "download";
  return link;
}

// What was made: single files, all in one archive, and into a folder where the browser can write into one.
async function downloads(single, zipName) {
  const line = document.createElement("p");
  for (const name of single) line.append(download(name, await ask("read", { path: OUT + "/" + name })));
  line.append(download(zipName, await ask("zip", { folder: OUT, path: "/" + zipName })));
  if (window.showDirectoryPicker) {
    const button = cell("button", "写入文件夹……");
    button.onclick = () => intoFolder().then((name) => name && say(`已写入所选文件夹里的“${name}”。`), (error) => say("没有写成：" + error.message, false, true));
    line.append(button);
  }
  return line;
}

// Into a folder of its own below the chosen one: nothing that lies there is written over.
async function intoFolder() {
  let chosen;
  try { chosen = await window.showDirectoryPicker({ mode: "readwrite" }); } catch (error) { if (error.name === "AbortError") return ""; throw error; }
  const there = new Set();
  for await (const name of chosen.keys()) there.add(name);
  let name = "办理结果";
  for (let n = 2; there.has(name); n++) name = `办理结果（${n}）`;
  const top = await chosen.getDirectoryHandle(name, { create: true });
  for (const path of await ask("list", { folder: OUT })) {
    const parts = path.split("/"), leaf = parts.pop();
    let folder = top;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
    const stream = await (await folder.getFileHandle(leaf, { create: true })).createWritable();
    await stream.write(await ask("read", { path: OUT + "/" + path }));
    await stream.close();
  }
  return name;
}

async function results() {
  return JSON.parse(new TextDecoder().decode(await ask("read", { path: OUT + "/results.json" })));
}

// --- What can be done --------------------------------------------------------------------------------------------------

const BLOCKING = "错误", BLANK = "缺项";

function findings(issues, caption) {
  const rows = issues.map((i) => [cell("td", i.level, i.level === BLOCKING ? "wrong" : ""), i.district, i.file, [i.sheet, i.cell].filter(Boolean).join("!"), i.item, i.found, i.expected, i.remedy]);
  return table(["级别", "单位", "文件", "单元格", "编号", "发现", "应为", "办法"], rows, caption);
}

function ordered(issues) {
  return [...issues].sort((a, b) => (b.level === BLOCKING) - (a.level === BLOCKING));
}

function scoreTable(district, outline) {
  const rows = Object.entries(district.items).map(([id, item]) => {
    const score = item.score === null ? { not_applicable: "不适用", missing: "暂缺", error: "错误" }[item.status] : item.score.toFixed(2);
    const place = cell("td", "", item.status === "scored" ? "" : "wrong"), link = cell("button", score, "link");
    link.title = "怎样算的，数从哪里来";
    link.onclick = () => explain(district.name, id);
    place.append(link);
    return [id, outline.items[id], item.points, place, item.explain];
  });
  return table(["编号", "项目", "分值", "得分", "怎样算的"], rows, "点得分，看每个数出自哪个文件的哪个单元格");
}

async function explain(district, item) {
  if (busy) return;
  const said = await ask("run", { words: ["explain", district, item, OUT + "/results.json"] });
  $("explained").firstChild.textContent = said.out || said.errors;
  $("explained").showModal();
}

async function consolidated() {
  await handOver();
  const said = await ask("run", { words: ["consolidate", ...returned(), "-o", OUT + "/考核汇总.xlsx", "--json", OUT + "/results.json"] });
  if (!(await ask("list", { folder: HOME })).includes("办理结果/results.json")) throw new Error(said.errors || said.out);
  return results();
}

async function selfCheck() {
  const data = await consolidated();
  const own = new Set(data.files.map((file) => file.name));
  const names = new Set(data.issues.filter((i) => own.has(i.file) && i.district).map((i) => i.district));
  const mine = data.districts.filter((d) => names.has(d.name) || Object.values(d.items).some((item) => item.sources && item.sources.some((s) => own.has(s.file))));
  const shown = [];
  for (const district of mine) {
    const issues = ordered(data.issues.filter((i) => i.district === district.name));
    const count = (level) => issues.filter((i) => i.level === level).length;
    shown.push(heading(district.name));
    const wrong = count(BLOCKING) || Object.values(district.items).filter((item) => item.status === "error").length;
    const verdict = wrong ? `还不能报送：有 ${wrong} 处错误，请按“办法”改好再查一次。`
      : count(BLANK) ? `还没有填完：缺 ${count(BLANK)} 处，见下。填好再查一次。`
      : "可以报送：没有错误，没有缺项。由部门、专家评定的项目此时没有得分，属正常。";
    shown.push(cell("p", verdict, "verdict " + (wrong || count(BLANK) ? "wrong" : "good")));
    shown.push(findings(issues, `${issues.length} 条`));
    shown.push(scoreTable(district, data.outline));
  }
  if (!mine.length) shown.push(findings(ordered(data.issues.filter((i) => i.file || i.level === BLOCKING)), "没有找到能用的填报表"));
  return shown;
}

async function check() {
  const data = await consolidated();
  const count = (level) => data.issues.filter((i) => i.level === level).length;
  const levels = [...new Set(data.issues.map((i) => i.level))].map((level) => `${level} ${count(level)} 条`).join("，");
  return [heading("校验"), findings(ordered(data.issues), levels || "没有发现问题")];
}

function ranking(data) {
  const sections = Object.entries(data.outline.sections);
  const most = Math.max(100, ...data.districts.map((d) => d.sum ?? d.total));
  const more = [["分组", "group"], ["组内名次", "group_rank"], ["等次", "grade"]].filter(([, key]) => key in data.districts[0]);
  const place = (d) => d.rank ?? data.districts.length + 1;  // a cancelled total has none
  const rows = [...data.districts].sort((a, b) => place(a) - place(b)).map((d) => {
    const bar = cell("td", "", "bar"), meter = cell("div", "", "meter");
    for (const [n, section] of sections) {
      const part = cell("span", "", "part" + n % 6);
      part.style.width = 100 * Math.max(d.sections[n], 0) / most + "%";
      part.title = `${section.name} ${d.sections[n].toFixed(2)} 分`;
      meter.append(part);
    }
    bar.append(meter);
    const name = cell("td", ""), link = cell("button", d.name, "link");
    link.onclick = () => { $("detail").replaceChildren(heading(d.name + "：每项得分"), scoreTable(d, data.outline)); $("detail").scrollIntoView(); $("detail").focus({ preventScroll: true }); };
    name.append(link);
    const remark = [...(d.vetoes || []).map((veto) => veto.name), d.provisional ? "暂定" : ""].filter(Boolean).join("，");
    const total = cell("td", d.total === null ? "取消成绩" : d.total.toFixed(2), "total");
    return [d.rank ?? "", name, total, ...sections.map(([n]) => d.sections[n].toFixed(2)), ...more.map(([, key]) => d[key]), cell("td", remark, remark && "wrong"), bar];
  });
  const made = table(["名次", "单位", "总分", ...sections.map(([, s]) => s.name), ...more.map(([head]) => head), "", "总分图"], rows, "点单位名称，看每一项得分。总分图：");
  for (const [n, section] of sections) made.caption.append(cell("span", "", "key part" + n % 6), section.name + "　");
  return made;
}

async function rank() {
  const data = await consolidated();
  const line = await downloads(["考核汇总.xlsx", "results.json"], "办理结果.zip");
  return [heading("排名"), line, ranking(data), findings(ordered(data.issues), `校验 ${data.issues.length} 条`)];
}

function written(words, zipName, title) {
  return async () => {
    await handOver();
    const said = await ask("run", { words: words() });
    const names = await ask("list", { folder: OUT });
    if (!names.length) throw new Error(said.errors || said.out);
    return [heading(title), await downloads([], zipName), cell("pre", said.out), table(["文件"], names.map((name) => [name]))];
  };
}

const filled = (id, option) => ($(id).value.trim() ? [option, $(id).value.trim()] : []);
const RETURNS = /^(?!下发\/|[^/]*(任务分解表|考核方案|进度|更正单)).*\.(xlsx|xlsm|xls|ods)$/;

const JOBS = {
  self: selfCheck,
  check,
  rank,
  templates: written(() => ["templates", OUT, ...filled("issue", "--issue"), ...(isGiven(/^任务分解表\.xlsx$/) ? ["--targets", HOME + "/任务分解表.xlsx"] : [])], "模板.zip", "模板"),
  evaluations: written(() => ["evaluations", OUT, ...filled("issue", "--issue"), ...filled("experts", "--experts"), ...(isGiven(RETURNS) ? ["--returned", ...returned()] : [])], "评价表.zip", "评价表"),
  targets: written(() => ["targets", OUT + "/任务分解表.xlsx"], "任务分解表.zip", "任务分解表"),
  round: written(() => ["round", HOME, "-o", OUT, ...filled("due", "--due")], "进度.zip", "进度、催报和退回修改单"),
};

async function press(name) {
  if (busy) return;
  working(true);
  const start = performance.now();
  say("正在处理……", true);
  $("detail").replaceChildren();
  try {
    $("out").replaceChildren(...await JOBS[name]());
    say(`完成，用时 ${((performance.now() - start) / 1000).toFixed(1)} 秒。`);
    $("out").focus({ preventScroll: true });
    document.body.dataset.done = name;
  } catch (error) {
    $("out").replaceChildren(cell("pre", error.message, "wrong"));
    say("没有做成，原因见下。", false, true);
    document.body.dataset.done = "failed";
  }
  working(false);
}

// --- Hands -------------------------------------------------------------------------------------------------------------

function listed(input) { return [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file })); }

$("files").onchange = (event) => take(listed(event.target));
$("folder").onchange = (event) => take(listed(event.target));
// So that choosing the same file once more, after it was saved again, is a change too.
for (const id of ["files", "folder"]) $(id).onclick = () => { $(id).value = ""; };
// Anywhere on the page: beside the frame the browser would leave the page and open the file.
document.ondragover = (event) => { event.preventDefault(); $("drop").classList.add("over"); };
document.ondragleave = (event) => { if (!event.relatedTarget) $("drop").classList.remove("over"); };
document.ondrop = async (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  if (entries.length) take((await Promise.all(entries.map((entry) => entriesOf(entry)))).flat());
};
$("cancel").onclick = cancel;
for (const button of document.querySelectorAll("button[data-job]")) button.onclick = () => press(button.dataset.job);
working(false);
if (!window.tooOld) begin().catch((error) => say("启动失败：" + error.message, false, true));

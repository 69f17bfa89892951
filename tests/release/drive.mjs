// Drives 精细化考核.html in Chromium as a person would: job.json says what, result.json what was seen.
import { createRequire } from "module";
import fs from "fs";
const [modules, chromium, jobFile, resultFile] = process.argv.slice(2);
const { chromium: browserType } = createRequire(modules + "/")("playwright-core");
const job = JSON.parse(fs.readFileSync(jobFile, "utf8"));
const browser = await browserType.launch({ executablePath: chromium, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
const seen = { requests: [], errors: [], dialogs: [], steps: [] };
page.on("request", (r) => { if (!/^(file|blob|data):/.test(r.url())) seen.requests.push(r.url()); });
page.on("pageerror", (e) => seen.errors.push(e.message));
page.on("console", (m) => { if (m.type() === "error") seen.errors.push(m.text()); });
page.on("dialog", (d) => { seen.dialogs.push(d.message()); d.dismiss(); });
const ready = () => page.waitForFunction(() => document.body.dataset.ready, null, { timeout: 240000 });
// A folder that the person chooses, as far as the page asks anything of it; it already has one of the results' folder.
await page.addInitScript(() => {
  window.putThere = {};
  const folder = (path, names) => ({
    async *keys() { yield* names; },
    async getDirectoryHandle(name) { return folder(path + name + "/", []); },
    async getFileHandle(name) { return { async createWritable() { return { async write(data) { window.putThere[path + name] = data.length; }, async close() {} }; } }; },
  });
  window.showDirectoryPicker = async () => folder("", ["办理结果"]);
});
await page.goto("file://" + job.page);
seen.early = await page.evaluate(() => [...document.querySelectorAll("button[data-job]:enabled")].map((b) => b.dataset.job));
await ready();
seen.ready = Number(await page.evaluate(() => document.body.dataset.ready));
for (const step of job.steps) {
  await page.evaluate(() => { delete document.body.dataset.done; });
  for (const [id, text] of Object.entries(step.fill || {})) await page.fill("#" + id, text);
  if (step.files) await page.setInputFiles(step.folder ? "#folder" : "#files", step.files);
  if (step.drop) await page.evaluate((names) => take(names.map((name) => ({ name, file: new File([new Uint8Array([1])], "x") }))), step.drop);
  if (step.change) fs.appendFileSync(step.change, "saved again");
  const begun = Date.now();
  if (step.key) { await page.focus(`button[data-job=${step.press}]`); await page.keyboard.press(step.key); }
  else await page.click(`button[data-job=${step.press}]`);
  if (step.cancel) {
    await page.click("#cancel");
    await ready();
    await page.waitForFunction(() => document.querySelector("#state").textContent.includes("已取消"));
  } else await page.waitForFunction(() => document.body.dataset.done, null, { timeout: 240000 });
  const made = { milliseconds: Date.now() - begun, done: await page.evaluate(() => document.body.dataset.done || ""), state: await page.textContent("#state"), out: await page.textContent("#out"), elements: await page.evaluate(() => [...document.querySelectorAll("#out *, #detail *, #given *")].map((e) => e.tagName).filter((t) => ["IMG", "SCRIPT", "IFRAME", "SVG"].includes(t)).length) };
  for (const [name, file] of Object.entries(step.download || {})) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`text=下载 ${name}`)]);
    await download.saveAs(file);
  }
  if (step.open) { await page.click(`button.link:text-is("${step.open}")`); made.detail = await page.textContent("#detail"); }
  if (step.explain) {
    await page.click(`#detail tr:has(td:text-is("${step.explain}")) button.link`);
    await page.waitForSelector("#explained[open]");
    made.explained = await page.textContent("#explained pre");
    await page.keyboard.press("Escape");
    made.closed = await page.evaluate(() => !document.querySelector("#explained").open);
  }
  if (step.write) {
    await page.click("text=写入文件夹");
    await page.waitForFunction(() => document.querySelector("#state").textContent.includes("已写入"));
    made.written = await page.evaluate(() => window.putThere);
  }
  if (step.picture) {
    await page.evaluate(() => document.querySelector("#state").scrollIntoView());
    await page.screenshot({ path: step.picture });
  }
  seen.steps.push(made);
}
fs.writeFileSync(resultFile, JSON.stringify(seen));
await browser.close();

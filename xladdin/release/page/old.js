// Before anything else, and in words that every browser knows: can this one run the page at all?
(function () {
  function canRun() {
    try {
      // Where the policy of the page does not yet speak of wasm, this is refused.
      new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
      return !!(WebAssembly.Tag && window.Worker && window.DecompressionStream && window.ReadableStream && window.BigInt64Array);
    } catch (error) {
      return false;
    }
  }
  window.tooOld = !canRun();
  if (window.tooOld) {
    var state = document.getElementById("state");
    state.className = "wrong";
    state.textContent = "这个浏览器太旧，不能运行本页。请换 Chrome、Edge 97 以上的版本（360、奇安信等浏览器要以这一版或更新的为内核），或者用 Excel 加载项。";
  }
})();

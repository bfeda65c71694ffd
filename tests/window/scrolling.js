// Scrolls, jumps and leafs in the stamping desk as a person would, and measures frames and the time until pictures are there.
const done = arguments[arguments.length - 1];
const frame = () => new Promise((next) => requestAnimationFrame(next));
const list = document.querySelector(".thumbs");
const sheet = document.querySelector("[data-testid=sheet]");

// Thumbnails inside the list's window whose picture is not there yet.
const missing = () => {
  const view = list.getBoundingClientRect();
  return [...list.querySelectorAll(".sheetlet")].filter((one) => {
    const box = one.getBoundingClientRect();
    const seen = box.bottom > view.top && box.top < view.bottom;
    return seen && !one.querySelector("img[data-drawn]");
  });
};

// Milliseconds until `there`, or null after 20 seconds.
const rest = async (there) => {
  const begun = performance.now();
  while (performance.now() - begun < 20000) {
    await frame();
    if (there()) return performance.now() - begun;
  }
  return null;
};
const thumbnails = () => rest(() => list.querySelector(".sheetlet") && missing().length === 0);

async function frames(count, step) {
  const taken = [];
  let last = await frame();
  for (let index = 1; index <= count; index += 1) {
    step(index / count);
    const now = await frame();
    taken.push(now - last);
    last = now;
  }
  return taken;
}

async function scrollThrough() {
  const asked = new Set();
  const note = (node) => {
    if (node.nodeType === 1) for (const image of node.parentNode.querySelectorAll("img[data-page]")) asked.add(image.src);
  };
  const watch = new MutationObserver((changes) => changes.flatMap((one) => [...one.addedNodes]).forEach((node) => node.isConnected && note(node)));
  watch.observe(list, { childList: true, subtree: true });
  const length = list.scrollHeight - list.clientHeight;
  const taken = await frames(600, (share) => {
    list.scrollTop = length * share;
  });
  const waits = [await thumbnails()];
  watch.disconnect();
  return { frames: taken, waits, asked: asked.size };
}

async function jumpAround() {
  const waits = [];
  for (const share of [0.1, 0.9, 0.5, 0.25, 0.75, 0.33, 0.66, 0.05]) {
    list.scrollTop = (list.scrollHeight - list.clientHeight) * share;
    await frame();
    waits.push(await thumbnails());
  }
  return { waits };
}

const sharp = () => {
  const page = document.querySelector("[data-testid=sheet] img[data-drawn]");
  return page?.dataset.page;
};

async function leafThrough() {
  sheet.focus();
  const turn = () =>
    document
      .querySelector("[data-testid=sheet]")
      .dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown", bubbles: true, cancelable: true }));
  const taken = await frames(60, turn);
  const waits = [await rest(() => sharp() === "61")];
  for (let page = 62; page <= 71; page += 1) {
    turn();
    waits.push(await rest(() => sharp() === String(page)));
  }
  for (let page = 70; page >= 61; page -= 1) {
    document
      .querySelector("[data-testid=sheet]")
      .dispatchEvent(new KeyboardEvent("keydown", { key: "PageUp", bubbles: true, cancelable: true }));
    waits.push(await rest(() => sharp() === String(page)));
  }
  return { frames: taken, waits, page: sharp() };
}

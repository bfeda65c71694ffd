// What has the keyboard's focus: its name as a screen reader says it, and whether a person sees that it has it.
const wordsOf = (text) => (text || "").replace(/\s+/g, " ").trim();
const named = (element) => {
  const by = (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const labels = [...(element.labels || [])].map((label) => label.textContent).join(" ");
  const own = element.matches("input,select,textarea,main") ? "" : element.innerText;
  const title = element.matches("main") ? element.querySelector("h1")?.innerText : "";
  return wordsOf(element.getAttribute("aria-label") || by || labels || own || element.title || title);
};
const outlined = (element) => {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && box.width > 2 && box.height > 2;
};
const focused = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  // A radio or switch that is drawn by its label has the ring there.
  const drawn = [element, ...(element.labels || []), element.nextElementSibling, element.parentElement].filter(Boolean);
  const ring = drawn.some((each) => (each === element || each.matches("label, span, div.mantine-Switch-track")) && outlined(each));
  const marks = [];
  for (let each = element; each && each !== document.body; each = each.parentElement) if (each.dataset.testid) marks.push(each.dataset.testid);
  return { tag: element.localName, name: named(element), ring, ids: marks, html: element.outerHTML.slice(0, 160) };
};
const isFocused = (selector) => {
  const element = document.activeElement;
  if (!element) return false;
  return element.matches(selector) || (element.matches("input,select,textarea") && element.closest(selector) !== null);
};

// How the tests find things in the window and wait for them inside the page: by what changes, not by the clock.
const plain = (text) => (text || "").replace(/\s+/g, " ").trim();
const visible = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
const enabled = (element) =>
  !element.disabled && element.getAttribute("aria-disabled") !== "true" && !element.hasAttribute("data-loading");
const one = (selector) => [...document.querySelectorAll(selector)].filter(visible);
const finders = {
  text: (text) => (plain(document.body.innerText).includes(plain(text)) ? document.body : null),
  gone: (selector) => (one(selector).length === 0 ? document.body : null),
  visible: (selector) => one(selector)[0] || null,
  control: (selector) => one(selector).filter(enabled)[0] || null,
  field: (selector) => {
    const found = one(selector)[0];
    if (!found) return null;
    return found.matches("input,textarea,select") ? found : found.querySelector("input,textarea,select");
  },
  size: (size) => (`${innerWidth}x${innerHeight}` === size ? document.body : null),
  drawn: () =>
    [...document.images].every((image) => image.complete) && one("[data-loading],.waiting").length === 0
      ? document.body
      : null,
};
const waitFor = (kind, name, patience, done) => {
  const first = finders[kind](name);
  if (first) return done(first);
  const events = ["resize", "load", "error", "input", "transitionend", "scroll"];
  let over = false;
  const finish = (found) => {
    if (over) return;
    over = true;
    observer.disconnect();
    clearTimeout(deadline);
    for (const event of events) removeEventListener(event, look, true);
    done(found);
  };
  const look = () => {
    const found = finders[kind](name);
    if (found) finish(found);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const event of events) addEventListener(event, look, true);
  const deadline = setTimeout(() => finish(finders[kind](name)), patience);
};
const choose = (list, words) => {
  const options = [...list.options];
  const option = options.find((each) => plain(each.textContent) === words || each.value === words) || options.find((each) => plain(each.textContent).includes(words));
  if (!option) return false;
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(list, option.value);
  list.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
};

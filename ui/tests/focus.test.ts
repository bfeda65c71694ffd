// Where the focus goes when what had it is gone.
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepFocus } from "../src/frame/focus";

// The test browser lays nothing out: whatever is in the document counts as seen.
HTMLElement.prototype.getClientRects = () => [{}] as unknown as DOMRectList;

let stop: () => void = () => undefined;
beforeEach(() => {
  document.body.innerHTML = `
    <div id="root"><nav><a id="link" href="#/here">here</a></nav>
    <main tabindex="-1"><button id="open">open</button><p id="row"><button id="one">1</button><button id="two">2</button></p></main></div>`;
  stop = keepFocus();
});
afterEach(() => stop());

const get = (id: string) => document.getElementById(id) as HTMLButtonElement;
const seen = async () => {
  // Mutations are told in a microtask.
  await Promise.resolve();
  await Promise.resolve();
  return document.activeElement?.id || document.activeElement?.tagName;
};

test("after a dialog it is back where it was", async () => {
  get("open").focus();
  document.body.insertAdjacentHTML("beforeend", '<div id="dialog"><input id="pin"><button id="ok">ok</button></div>');
  get("pin").focus();
  get("ok").focus();
  get("dialog").remove();
  expect(await seen()).toBe("open");
});

test("a control that is taken away leaves it to its neighbour", async () => {
  get("one").focus();
  get("one").remove();
  expect(await seen()).toBe("two");
});

test("a screen that is exchanged has it itself", async () => {
  get("link").focus();
  get("one").focus();
  const main = document.querySelector("main");
  if (main) main.innerHTML = "<h1>another screen</h1>";
  expect(await seen()).toBe("MAIN");
});

test("a busy button has it again when it is free", async () => {
  get("one").focus();
  get("one").dataset.loading = "true";
  get("one").disabled = true;
  await seen();
  get("one").blur();
  get("one").disabled = false;
  expect(await seen()).toBe("one");
});

test("a button that can no longer be pressed leaves it to its neighbour", async () => {
  get("one").focus();
  get("one").disabled = true;
  get("one").blur();
  expect(await seen()).toBe("two");
});

test("a person who clicks beside everything is left alone", async () => {
  get("one").focus();
  get("one").blur();
  get("row").append("more");
  expect(await seen()).toBe("BODY");
});

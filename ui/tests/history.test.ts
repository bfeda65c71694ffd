// Undo and redo.
import { describe, expect, test } from "vitest";
import { act, begin, redo, undo } from "../src/desk/history";

describe("undo and redo", () => {
  test("each act is one step back and one step on", () => {
    const two = act(act(begin(0), 1), 2);
    expect(undo(two).now).toBe(1);
    expect(undo(undo(two)).now).toBe(0);
    expect(redo(undo(two)).now).toBe(2);
  });
  test("at the ends nothing happens", () => {
    expect(undo(begin(0)).now).toBe(0);
    expect(redo(begin(0)).now).toBe(0);
  });
  test("dragging is one step, however many moves it has", () => {
    const dragged = [1, 2, 3].reduce((history, x) => act(history, x, "change:a"), begin(0));
    expect(dragged.now).toBe(3);
    expect(undo(dragged).now).toBe(0);
  });
  test("another item's drag is another step, and so is the same one's after an undo", () => {
    const both = act(act(begin(0), 1, "change:a"), 2, "change:b");
    expect(undo(both).now).toBe(1);
    expect(undo(act(undo(both), 3, "change:a")).now).toBe(1);
  });
  test("a new act forgets what was undone", () => {
    const changed = act(undo(act(begin(0), 1)), 5);
    expect(redo(changed).now).toBe(5);
  });
  test("a long day is remembered up to two hundred steps", () => {
    let history = begin(0);
    for (let step = 1; step <= 500; step += 1) history = act(history, step);
    for (let step = 0; step < 500; step += 1) history = undo(history);
    expect(history.now).toBe(300);
  });
});

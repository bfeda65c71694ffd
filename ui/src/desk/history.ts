// Undo and redo: what the desk looked like before, one entry for each thing a person did.
import { useCallback, useEffect, useState } from "react";

/** The states before, now and after; `tag` names the act that led to now. */
export type History<T> = { past: T[]; now: T; future: T[]; tag: string };

/** Steps that are remembered. */
const MOST = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], tag: "" });

/** Acts of the same tag in a row (dragging, typing) are one step; an empty tag always is its own. */
export function act<T>(history: History<T>, now: T, tag = ""): History<T> {
  const goesOn = tag !== "" && tag === history.tag;
  const past = goesOn ? history.past : [...history.past, history.now].slice(-MOST);
  return { past, now, future: [], tag };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], tag: "" };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future, tag: "" };
}

/** A value whose changes can be taken back. */
export function useHistory<T>(first: T) {
  const [history, setHistory] = useState(() => begin(first));
  return {
    now: history.now,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    act: useCallback((change: (now: T) => T, tag?: string) => setHistory((one) => act(one, change(one.now), tag)), []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
  };
}

/** Ctrl or Cmd with Z, Shift Z and Y, wherever no text is typed. */
export function useHistoryKeys(undo: () => void, redo: () => void) {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.matches("input:not([type=range]),textarea");
      if (!(event.ctrlKey || event.metaKey) || typing) return;
      const letter = event.key.toLowerCase();
      if (letter === "y" || (letter === "z" && event.shiftKey)) redo();
      else if (letter === "z") undo();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [undo, redo]);
}

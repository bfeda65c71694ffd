// Focus is never lost: when the focused control goes away or can no longer be used, a neighbour takes over.
import { useEffect } from "react";

/** A control that had the focus, and what was around it then: when it is gone, its surroundings say where it was. */
type Step = { element: HTMLElement; around: Element[] };

/** How many earlier places are remembered: more than a dialog has controls. */
const REMEMBERED = 64;
const FOCUSABLE = "a[href],button,input,select,textarea,summary,[tabindex]";

/** Watches the whole window for as long as it is open. */
export function useKeptFocus(): void {
  useEffect(keepFocus, []);
}

/** Begins to watch; gives back how to stop. */
export function keepFocus(): () => void {
  const trail: Step[] = [];
  let paused: HTMLElement | null = null;
  const note = (event: FocusEvent) => {
    if (!(event.target instanceof HTMLElement)) return;
    paused = null;
    trail.push({ element: event.target, around: ancestors(event.target) });
    if (trail.length > REMEMBERED) trail.shift();
  };
  const look = () => {
    const last = trail.at(-1)?.element;
    if (!last) return;
    // A button that is busy comes back; then it has the focus again.
    if (last.isConnected && last.matches(":disabled")) paused = last;
    if (
      document.activeElement !== null &&
      document.activeElement !== document.body &&
      document.activeElement !== paused
    )
      return;
    if (last.isConnected) {
      // Without a pause the person left it, by a click beside everything: nothing to bring back.
      if (paused !== last) return;
      if (canTake(last)) {
        focusOn(last);
        return;
      }
      if (last.matches("[data-loading]")) return;
    }
    const next = successor(trail);
    if (next) focusOn(next);
  };
  const watch = new MutationObserver(look);
  watch.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["disabled", "data-loading"],
  });
  document.addEventListener("focusin", note);
  return () => {
    watch.disconnect();
    document.removeEventListener("focusin", note);
  };
}

function ancestors(element: Element): Element[] {
  const found: Element[] = [];
  for (let one = element.parentElement; one; one = one.parentElement) found.push(one);
  return found;
}

/** Beside the place that is gone; the screen itself when it was exchanged; after a dialog, where the focus was before. */
function successor(trail: readonly Step[]): HTMLElement | undefined {
  const main = document.querySelector("main") ?? undefined;
  for (const step of [...trail].reverse()) {
    if (canTake(step.element)) return step.element;
    const left = step.around.find((one) => one.isConnected);
    // Dialogs lie directly in the body: nothing of them is left.
    if (left === undefined || left === document.body) continue;
    if (main === undefined || left.contains(main)) return main;
    const near = [
      ...left.querySelectorAll<HTMLElement>("[data-autofocus]"),
      ...left.querySelectorAll<HTMLElement>(FOCUSABLE),
    ];
    const taker = near.find(canTake);
    if (taker !== undefined) return taker;
    // The frame that carried a dialog may outlive it for a moment; the screen below is where the focus came from.
    if (left.closest("[data-portal]") !== null) continue;
    return main;
  }
  return main;
}

function canTake(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled,[tabindex='-1']") && element.getClientRects().length > 0;
}

function focusOn(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}

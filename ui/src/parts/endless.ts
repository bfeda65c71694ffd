// A list that goes on while it is scrolled: only the rows in sight are drawn, and the next are asked for in time.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

/** Height of a row, in px. */
const ROW = 46;

/** Rows in sight of a scrolled element; `onMore` is called near the end while there are more. */
export function useEndless(count: number, more: boolean, onMore: () => void) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= count - 20) onMore();
  }, [more, last, count, onMore]);
  return { scroll, virtual, items };
}

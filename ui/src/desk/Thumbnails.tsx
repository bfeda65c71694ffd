// Page thumbnails, drawn only where they are seen: thousands of pages stay smooth.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { DocumentView } from "../bindings";
import { pagePicture } from "../bridge/pictures";
import { useTranslation } from "../words/words";
import { type Item, type Preview, type SealShelf, sizeOf } from "./items";
import { PagePicture } from "./PagePicture";
import { pagesOf, thumbnailPx, THUMBNAIL_WIDTH as WIDTH } from "./pages";

const GAP = 34;

type Props = {
  document: DocumentView;
  page: number;
  onPage: (page: number) => void;
  items: Item[];
  seals: SealShelf;
  preview: Preview | undefined;
};

/** One thing on a page, in mm. */
type Spot = { name: string; x: number; y: number; width: number; height: number; round: boolean };

/** Every page's things: positions as they are now, the rest as it was last worked out. */
function spotsOf({ document, items, seals, preview }: Omit<Props, "page" | "onPage">): Map<number, Spot[]> {
  const spots = new Map<number, Spot[]>();
  const put = (page: number, spot: Spot) => {
    const there = spots.get(page);
    if (there) there.push(spot);
    else spots.set(page, [spot]);
  };
  const byKey = new Map(items.map((item) => [item.key, item]));
  for (const item of items) {
    const size = item.place.kind === "at" ? sizeOf(item, seals, preview) : null;
    if (item.place.kind !== "at" || !size) continue;
    const { x_mm: x, y_mm: y } = item.place;
    const round = item.content.kind === "seal";
    for (const page of pagesOf(item.place.pages, document.page_count) ?? [])
      put(page, { name: item.key, x, y, ...size, round });
  }
  for (const box of preview?.view.boxes ?? []) {
    const item = byKey.get(preview?.keys[box.item] ?? "");
    if (!item || item.place.kind === "at") continue;
    const name = `${item.key}-${box.x_mm}-${box.y_mm}`;
    const round = item.content.kind === "seal" && box.part === null;
    put(box.page, { name, x: box.x_mm, y: box.y_mm, width: box.width_mm, height: box.height_mm, round });
  }
  return spots;
}

export function Thumbnails(props: Props) {
  const { document, page, onPage, items, seals, preview } = props;
  const { t } = useTranslation();
  const scroll = useRef<HTMLDivElement>(null);
  const height = (index: number) => {
    const view = document.pages[index];
    return view ? Math.min(160, (WIDTH * view.height_mm) / view.width_mm) : 100;
  };
  const virtual = useVirtualizer({
    count: document.page_count,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => height(index) + GAP,
    overscan: 4,
  });
  useEffect(() => virtual.scrollToIndex(page - 1, { align: "auto" }), [virtual, page]);
  const spots = useMemo(() => spotsOf({ document, items, seals, preview }), [document, items, seals, preview]);
  return (
    <nav className="thumbs" ref={scroll} aria-label={t("desk.thumbs")}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const number = item.index + 1;
          const view = document.pages[item.index];
          const scale = view ? WIDTH / view.width_mm : 0;
          return (
            <button
              key={item.key}
              type="button"
              className="thumb"
              style={{ top: item.start }}
              aria-current={number === page ? "page" : undefined}
              aria-label={t("desk.page", { page: number })}
              onClick={() => onPage(number)}
            >
              <span className="sheetlet" style={{ width: WIDTH, height: height(item.index) }}>
                <PagePicture key={number} page={number} address={pagePicture(document.id, number, thumbnailPx())} />
                {spots.get(number)?.map((spot) => (
                  <i
                    key={spot.name}
                    data-round={spot.round || undefined}
                    style={{
                      left: spot.x * scale,
                      top: spot.y * scale,
                      width: spot.width * scale,
                      height: spot.height * scale,
                    }}
                  />
                ))}
              </span>
              {number}
            </button>
          );
        })}
      </div>
    </nav>
  );
}

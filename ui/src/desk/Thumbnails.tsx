// Page thumbnails, drawn only where they are seen: thousands of pages stay smooth.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { DocumentView } from "../bindings";
import { pagePicture } from "../bridge/pictures";
import { useTranslation } from "../words/words";
import type { Mark, SealShelf } from "./marks";
import { PagePicture } from "./PagePicture";
import { pagesOf, thumbnailPx, THUMBNAIL_WIDTH as WIDTH } from "./pages";

const GAP = 34;

type Props = { document: DocumentView; page: number; onPage: (page: number) => void; marks: Mark[]; seals: SealShelf };

export function Thumbnails({ document, page, onPage, marks, seals }: Props) {
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
  const places = useMemo(
    () => marks.map((mark) => ({ mark, pages: new Set(pagesOf(mark.pages, document.page_count) ?? []) })),
    [marks, document.page_count],
  );
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
                {places
                  .filter((place) => place.pages.has(number))
                  .map(({ mark }) => {
                    const seal = seals.get(mark.seal_id);
                    return seal ? (
                      <i
                        key={mark.key}
                        style={{
                          left: mark.x * scale,
                          top: mark.y * scale,
                          width: seal.width_mm * scale,
                          height: seal.height_mm * scale,
                        }}
                      />
                    ) : null;
                  })}
              </span>
              {number}
            </button>
          );
        })}
      </div>
    </nav>
  );
}
